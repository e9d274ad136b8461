#!/bin/sh
set -e
# Ubuntu's AppArmor forbids user namespaces to programs it does not know, and with them Chromium's sandbox. The profile allows
# this one; where the system's AppArmor is too old to read it, none is needed. Mime types, menus and icons follow by triggers.
profile=/opt/Kanilink/resources/apparmor-profile
if command -v apparmor_parser >/dev/null 2>&1 && [ -d /sys/kernel/security/apparmor ] &&
  apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
  cp -f "$profile" /etc/apparmor.d/kanilink
  if ! { command -v ischroot >/dev/null 2>&1 && ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache /etc/apparmor.d/kanilink || true
  fi
fi
exit 0
