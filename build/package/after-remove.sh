#!/bin/sh
set -e
# dpkg says "remove", rpm how many stay: an upgrade keeps the profile.
case "$1" in
  remove | purge | 0)
    if [ -f /etc/apparmor.d/kanilink ]; then
      if [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null 2>&1; then
        apparmor_parser --remove /etc/apparmor.d/kanilink >/dev/null 2>&1 || true
      fi
      rm -f /etc/apparmor.d/kanilink
    fi
    ;;
esac
exit 0
