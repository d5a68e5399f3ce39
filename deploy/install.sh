#!/usr/bin/env bash
# Installs fundflow on Debian 12 or newer, or a new version of it over the one that is there. As root:
#
#   deploy/install.sh dist/fundflow-0.1.0-py3-none-any.whl
#
# `make wheel` builds the wheel on another machine. Bring it with the folder `deploy` and requirements/run.txt.
# What it makes: /opt/fundflow (the program), /etc/fundflow (settings), /var/lib/fundflow (data),
# /var/backups/fundflow, the user `fundflow`, the units and the command `fundflow`.
set -euo pipefail

wheel=${1:?"Usage: deploy/install.sh WHEEL [LOCKED REQUIREMENTS]"}
here=$(dirname "$(readlink -f "$0")")
locked=${2:-$here/../requirements/run.txt}
units=(fundflow-web.service fundflow-worker.service fundflow-backup.service fundflow-backup.timer)
program=/opt/fundflow
settings=/etc/fundflow/fundflow.env

[ "$(id -u)" = 0 ] || { echo "Run this as root." >&2; exit 1; }
for file in "$wheel" "$locked"; do
  [ -r "$file" ] || { echo "There is no file $file." >&2; exit 1; }
done

echo "Installing what fundflow needs of Debian …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3-venv adduser openssl nginx \
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core >/dev/null

if ! id fundflow >/dev/null 2>&1; then
  install -d -m 700 /var/lib/fundflow  # first: adduser warns of a home that is not there
  adduser --system --group --home /var/lib/fundflow --no-create-home fundflow >/dev/null
fi
install -d -o fundflow -g fundflow -m 700 /var/lib/fundflow /var/backups/fundflow
install -d -m 755 /etc/fundflow

upgrading=
if systemctl is-enabled -q fundflow-web 2>/dev/null; then  # enabled last: the installation before was complete
  upgrading=yes
  echo "Taking a backup with the version that is there …"
  fundflow backup "/var/backups/fundflow/before-$(date +%Y%m%d-%H%M%S).tar"
  systemctl stop fundflow-worker
fi

echo "Installing $(basename "$wheel") …"
[ -x "$program/bin/python" ] || python3 -m venv "$program"
"$program/bin/pip" install -q --require-hashes -r "$locked"
"$program/bin/pip" install -q --no-deps --force-reinstall "$wheel"

install -m 755 "$here/fundflow" /usr/local/bin/fundflow
for unit in "${units[@]}"; do
  install -m 644 "$here/$unit" /etc/systemd/system/
done
if [ ! -e "$settings" ]; then
  install -o root -g fundflow -m 640 "$here/fundflow.env" "$settings"
  sed -i "s/^FUNDFLOW_SECRET_KEY=.*/FUNDFLOW_SECRET_KEY='$(openssl rand -hex 32)'/" "$settings"
fi
[ -e /etc/nginx/sites-available/fundflow ] || install -m 644 "$here/nginx.conf" /etc/nginx/sites-available/fundflow
systemctl daemon-reload

if ! fundflow settings check; then
  echo "Fill in $settings, then run this command again." >&2
  exit 1
fi
fundflow db upgrade
systemctl enable -q "${units[@]:0:2}" fundflow-backup.timer
systemctl restart fundflow-web fundflow-worker fundflow-backup.timer

"$program/bin/fundflow" --version
if [ -z "$upgrading" ]; then
  cat <<'NEXT'
Next:
  - your name and certificate in /etc/nginx/sites-available/fundflow, then
      ln -s ../sites-available/fundflow /etc/nginx/sites-enabled/ && nginx -t && systemctl reload nginx
  - the fund, the schools and the first administrator: README, “Run it for real”
NEXT
fi
