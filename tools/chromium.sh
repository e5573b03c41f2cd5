#!/bin/sh
# Make sure that there is a Chromium for tests/browser; where there is none, Debian's and Ubuntu's package manager brings it.
set -eu

fail() { echo "binance_nb: $*" >&2; exit 1; }

for name in chromium chromium-browser google-chrome; do
    ! command -v $name >/dev/null 2>&1 || exit 0
done
command -v apt-get >/dev/null 2>&1 || fail "there is no Chromium and no apt-get; install Chromium, or Chrome as google-chrome."
as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "there is no Chromium; as root, 'apt-get install chromium' brings it."
    as_root="sudo -n"
fi
echo "binance_nb: installing Chromium with apt-get"
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null || fail "apt-get could not install Chromium; its words are above."
