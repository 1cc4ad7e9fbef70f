#!/bin/sh
# One more dump of the service's database in BACKUP_FOLDER, of which the newest BACKUP_KEEP stay. The database is that of libpq's
# variables (PGHOST, …), the password is in PGPASSWORD_FILE. Whatever fails: an exit code, and the dumps of before stay.
set -eu
umask 077
case $BACKUP_KEEP in
  '' | 0* | *[!0-9]*) echo "BACKUP_KEEP must be a number from 1 on, not '$BACKUP_KEEP'" >&2; exit 2 ;;
esac
PGPASSWORD=$(cat "$PGPASSWORD_FILE")
export PGPASSWORD
cd "$BACKUP_FOLDER"
exec 9> .lock
flock --nonblock 9 || { echo 'another backup is running' >&2; exit 3; }

name=nano-$(date -u +%Y%m%dT%H%M%SZ).dump
partial=$name.partial
# One that was killed leaves its part behind.
rm -f ./*.partial
trap 'rm -f "$partial"' EXIT
trap 'exit 143' INT TERM

pg_dump --format=custom --no-password --file="$partial"
# Reads every byte of it.
pg_restore --file=/dev/null "$partial"
contents=$(pg_restore --list "$partial")
printf '%s\n' "$contents" | grep --quiet ' TABLE DATA [^ ]* query ' || {
  echo "the database $PGDATABASE of $PGHOST has no table 'query': it is not that of the service" >&2
  exit 4
}
sync "$partial"
mv "$partial" "$name"
sync .

# By the names the newest first. A name after the new one's is of a clock that was ahead: it counts as older than all others.
all=$(find . -maxdepth 1 -name 'nano-*Z.dump' | sort --reverse)
{
  printf '%s\n' "$all" | sed "0,/$name/d"
  printf '%s\n' "$all" | sed "/$name/,\$d"
} | tail --lines=+"$BACKUP_KEEP" | while read -r old; do rm -- "$old"; done
echo "made $name, $(stat --format=%s "$name") bytes; $(find . -maxdepth 1 -name 'nano-*Z.dump' | wc --lines) dumps"
