#!/bin/sh
# start.sh WORK PORT CONTROL BACKEND READY: the backend, and Pushpin in front of it.
set -eu
here=$(dirname "$0")
sed "s|{work}|$1|g; s|{port}|$2|; s|{control}|$3|" "$here/pushpin.conf" > "$1/pushpin.conf"
echo "* 127.0.0.1:$4" > "$1/routes"
python3 "$here/app.py" "$4" "$2" "$5" 2> "$1/backend.log" &
exec pushpin --config="$1/pushpin.conf"
