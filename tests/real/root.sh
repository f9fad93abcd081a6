#!/bin/bash
# root.sh [PACKAGE]: the Debian root from which the images of real services are made, as an archive:
# build/real/root.tar, made once by debootstrap. With a PACKAGE: what installing that adds to the
# root, with all that it depends on. Prints the archive's path. Needs root, a network and the Debian
# package debootstrap; 650 MB while it works.
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
readonly PLACE=$HERE/../../build/real
readonly SUITE=bookworm
readonly SERVICES=redis-server,nginx-light,postgresql-15,cron
# What no service needs at run time: documents, languages, apt's own, PostgreSQL's optional
# compiler.
readonly LEFT_OUT=(./usr/share/{doc,man,info,locale,i18n,lintian}
    ./var/cache/apt ./var/lib/apt ./var/log/{apt,dpkg.log}
    './usr/lib/*/libLLVM*' './usr/lib/*/libz3.so*' './usr/lib/postgresql/*/lib/llvmjit*'
    './usr/lib/postgresql/*/lib/bitcode')

# pack DIRECTORY ARCHIVE: appears under its name only when it is complete.
pack() {
    tar --directory "$1" --create --file "$2.new" --numeric-owner --one-file-system \
        "${LEFT_OUT[@]/#/--exclude=}" .
    mv "$2.new" "$2"
}

make_root() {
    debootstrap --variant=minbase --include="$SERVICES" "$SUITE" "$work/root" >"$PLACE/root.log"
    pack "$work/root" "$PLACE/root.tar"
}

# In a mount namespace of its own; what is written lies in $work/added.
install_on_top() {
    mkdir "$work"/{root,added,overlay,merged}
    tar --directory "$work/root" --extract --file "$PLACE/root.tar"
    mount -t overlay -o "lowerdir=$work/root,upperdir=$work/added,workdir=$work/overlay" \
        overlay "$work/merged"
    mount -t proc proc "$work/merged/proc"
    cp /etc/resolv.conf "$work/merged/etc/resolv.conf"
    mkdir -p "$work/merged/var/lib/apt/lists" "$work/merged/var/cache/apt/archives/partial"
    # shellcheck disable=SC2016 # that shell's own
    chroot "$work/merged" \
        sh -c 'apt-get update && apt-get install --yes --no-install-recommends "$1"' - "$1"
    umount "$work/merged/proc" "$work/merged"
    rm -rf "$work"/added/{etc/resolv.conf,var/lib/dpkg,var/cache/debconf,dev,proc,run,tmp}
}

make_package() {
    export -f install_on_top
    export work PLACE DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
    # shellcheck disable=SC2016
    unshare --mount --propagation private bash -euc 'install_on_top "$1"' - "$1" \
        >"$PLACE/$1.log" 2>&1
    pack "$work/added" "$PLACE/$1.tar"
}

mkdir -p "$PLACE"
exec 9>"$PLACE/lock" # two lists of tests may come here at the same time
flock 9
work=$(mktemp --directory "$PLACE/work.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
[ -e "$PLACE/root.tar" ] || make_root
[ $# = 0 ] || [ -e "$PLACE/$1.tar" ] || make_package "$1"
realpath "$PLACE/${1:-root}.tar"
