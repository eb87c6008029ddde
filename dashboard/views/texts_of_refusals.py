"""Texts of what is refused before any page is asked: by role, by origin, by number, by size."""

from __future__ import annotations

from typing import Any

from layers.text import lazy_gettext as _

OF_REFUSALS: dict[str, Any] = {
    "refused.role": _("您的账号没有打开这一页或这样做的权限。"),
    "refused.foreign": _("请求来自别的网站，没有接受；请在本系统的页面上操作。"),
    "refused.often": _("请求太多，请过 {seconds} 秒再试。"),
    "refused.large": _("发送的内容太大，没有接受。"),
    "refused.sign_in": _("换账号登录"),
}
"""Kept apart so that `texts` stays one page long; it takes them in."""
