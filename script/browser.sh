# Sourced by script/test after lib.sh: a Chromium and a Chinese font for the browser tests, nginx and Prometheus.

# Sets CHROMIUM to a Chromium: $CHROMIUM, one on the machine, else the system's package.
find_browser() {
    browser=$(first_browser) || install_browser
    browser=$(first_browser) || fail "No Chromium was found; install one (Debian: apt-get install chromium fonts-noto-cjk)."
    has_chinese_font || install_browser
    export CHROMIUM=$browser
}

first_browser() {
    for candidate in ${CHROMIUM:-} chromium chromium-browser google-chrome-stable google-chrome; do
        command -v "$candidate" && return
    done
    return 1
}

has_chinese_font() {
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]
}

install_browser() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "The browser tests need Chromium and a Chinese font; run: sudo apt-get install chromium fonts-noto-cjk"
    fi
    echo "Installing Chromium and a Chinese font ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
}

# The tests of Kite behind nginx, and of what Prometheus gets, are left out where these are not and can't be installed.
find_nginx() {
    find_program nginx nginx-light
}

find_prometheus() {
    find_program prometheus prometheus
}

# find_program NAME PACKAGE: installed where that can be done, and said where it can't.
find_program() {
    if ! PATH=$PATH:/usr/sbin command -v "$1" >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $1 ..."
        # RUNLEVEL: not to be started as the system's own.
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get install -y -qq --no-install-recommends "$2" >/dev/null; } \
            || echo "$1 could not be installed; its tests are left out." >&2
    fi
}
