"""The texts of signing in by OpenID Connect (see `texts`)."""

from __future__ import annotations

from typing import Any

from layers.text import lazy_gettext as _

OF_OIDC: dict[str, Any] = {
    "oidc.way": _("用统一身份登录"),
    "oidc.silent": _("统一身份服务暂时没有答复，请稍后再试，或改用账号登录。"),
    "oidc.stale": _("这次登录已经超时，或不是从本页开始的，请重新登录。"),
    "oidc.declined": _("统一身份服务没有批准这次登录。"),
    "oidc.unproven": _("统一身份服务的答复核对不上，没有登录；请告诉管理员。"),
    "oidc.ungranted": _("您在本市没有对应的岗位，请联系管理员开通。"),
}
