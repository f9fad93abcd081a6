#!/bin/sh
# need.sh PACKAGE... - sees to it that the named Debian packages are installed: installs what is
# missing as root, and otherwise says what to install. So the commands of the README do their own
# set-up.
set -eu

if ! command -v dpkg-query >/dev/null; then
    echo "not a Debian system: make sure that these are there: $*" >&2
    exit 0
fi
missing=
for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "these packages are missing; as root: apt-get install$missing" >&2
    exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# The lists may be old or absent on a fresh machine; a failure to refresh them shows in the
# installation.
apt-get update -q >/dev/null 2>&1 || true
# shellcheck disable=SC2086 # a list of words
apt-get install -q -y --no-install-recommends $missing >/dev/null
