#!/bin/sh
# Installs Debian packages where we are root, or else says how to: apt.sh WHAT PACKAGE...
set -eu
what=$1
shift
if ! command -v apt-get >/dev/null; then
    echo "Missing: $what. Install what Debian calls: $*" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Missing: $what. Install it with: sudo apt-get install $*" >&2
    exit 1
fi
echo "Installing $what: $*"
export DEBIAN_FRONTEND=noninteractive
apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1 && exit
apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null
