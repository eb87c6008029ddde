# Shared by script/server and script/test: a virtual environment with pinned packages, made once.
# Sourced, not run. Expects to stand in the repository's root.

fail() {
    printf '%s\n' "$1" >&2
    exit 2
}

# The first Python of version 3.11 or newer: $PYTHON, else the usual names.
find_python() {
    for candidate in ${PYTHON:-} python3 python python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "none")
    fail "Kite needs Python 3.11 or newer and found $found; install one and name it, as in PYTHON=python3.12 $0."
}

# Where packages come from: the folder that script/wheelhouse filled, on a machine without a network.
wheels() {
    if [ -d wheelhouse ]; then
        echo "--no-index --find-links wheelhouse"
    fi
}

# prepare REQUIREMENTS: .venv holds exactly what that file pins, each file of a known hash; a second call costs nothing.
prepare() {
    requirements=$1
    stamp=.venv/.installed-$requirements
    if [ -f "$stamp" ] && cat requirements.txt "$requirements" | cmp -s - "$stamp"; then
        return
    fi
    [ -w . ] || fail "Kite can't write to $(pwd); give yourself write permission there or copy it elsewhere."
    python=$(find_python) || exit 2
    # One without pip is what a Python without its venv module has left.
    [ -x .venv/bin/pip ] || "$python" -m venv --clear .venv \
        || fail "Python can't make a virtual environment; install its venv module (Debian: apt-get install python3-venv)."
    echo "Installing the packages that $requirements pins ..."
    # shellcheck disable=SC2046  # two words, or none
    .venv/bin/python -m pip install --quiet --disable-pip-version-check $(wheels) --require-hashes -r "$requirements" \
        || fail "The packages in $requirements could not be installed; see pip's lines above."
    cat requirements.txt "$requirements" > "$stamp"
}
