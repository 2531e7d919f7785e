# Makes .venv ready. Sourced by ./hubbub and ./check; `root` is this checkout, as an absolute path.
# Needs a POSIX shell and Python 3.11 or newer with its venv module.
#
# .venv/hubbub-ready is written last: for which folder .venv was made, and what is installed in it.
# .venv/hubbub-setup is a link to the number of the process that sets up; where that process is
# gone, it was interrupted, and nothing in .venv is trusted.

venv=$root/.venv
ready=$venv/hubbub-ready
busy=$venv/hubbub-setup
log=$venv/hubbub-setup.log

say() { printf 'hubbub: %s\n' "$*" >&2; }

fail() {
    say "$@"
    rm -f "$busy"
    exit 1
}

# set_up WHAT: have WHAT installed in .venv, '.' or '.[dev]'. Costs next to nothing when it is.
set_up() {
    [ ! -L "$busy" ] && is_ready "$1" && return
    mkdir -p "$venv" && [ -w "$venv" ] || fail "$venv cannot be written to. Give yourself the right to."
    interrupted=
    take_turn
    trap 'say "Interrupted. The next start begins anew."; exit 130' HUP INT TERM
    if ! is_ready "$1"; then
        what=$1
        rebuild=$interrupted
        if read_ready; then
            [ "$made_for" = "$root" ] || rebuild=yes
            [ "$made_of" = '.' ] || what=$made_of
            say "Bringing .venv up to date …"
        else
            say "Setting up hubbub in .venv, once …"
        fi
        [ -z "$rebuild" ] && has_pip || build
        install "$what"
    fi
    rm -f "$busy"
    trap - HUP INT TERM
}

is_ready() {
    [ -x "$venv/bin/python" ] && read_ready && [ "$made_for" = "$root" ] || return 1
    [ "$made_of" = "$1" ] || [ "$made_of" = '.[dev]' ] || return 1
    ! [ "$root/pyproject.toml" -nt "$ready" ]
}

read_ready() {
    [ -f "$ready" ] && { IFS= read -r made_for && IFS= read -r made_of; } <"$ready"
}

# One process at a time: a second terminal may start hubbub while the first still installs it.
take_turn() {
    announced=
    failures=0
    until ln -s $$ "$busy" 2>/dev/null; do
        if ! worker=$(readlink "$busy"); then
            # It has just ended, or no link can be made at all.
            failures=$((failures + 1))
            [ "$failures" -lt 5 ] || fail "$busy cannot be made: the disk may be full."
        elif kill -0 "$worker" 2>/dev/null; then
            [ "$announced" ] || say "Waiting for process $worker, which sets up .venv …"
            announced=yes
            sleep 1
        else
            interrupted=yes
            rm -f "$busy"
        fi
    done
}

has_pip() {
    "$venv/bin/python" -m pip --version || "$venv/bin/python" -m ensurepip
} >/dev/null 2>&1

build() {
    for entry in "$venv"/* "$venv"/.[!.]*; do
        [ "$entry" = "$busy" ] || rm -rf "$entry"
    done
    find_python
    "$python" -m venv "$venv" >"$log" 2>&1 ||
        fail "'$python -m venv' failed: $(tail -n 1 "$log") The rest is in $log."
}

# Tells of a Python: "good", "old 3.9", or "bare" and the modules it lacks. Runs on any version.
probe='
import sys
lacks = []
for module in ("venv", "ensurepip", "ssl", "sqlite3"):
    try:
        __import__(module)
    except ImportError:
        lacks.append(module)
if sys.version_info < (3, 11):
    print("old %d.%d" % sys.version_info[:2])
elif lacks:
    print("bare " + ", ".join(lacks))
else:
    print("good")
'

# Sets `python` to the newest that will do, or to what HUBBUB_PYTHON names.
find_python() {
    source="your system's packages or https://www.python.org/downloads/"
    none="there is none. Install one from $source"
    old=
    bare=
    if [ "${HUBBUB_PYTHON-}" ]; then
        set -- "$HUBBUB_PYTHON"
        none="HUBBUB_PYTHON, '$HUBBUB_PYTHON', does not run. Name one that does"
    else
        set -- python3.14 python3.13 python3.12 python3.11 python3 python
    fi
    for python in "$@"; do
        verdict=$("$python" -c "$probe" 2>/dev/null) || continue
        case $verdict in
            good) return ;;
            bare*) bare=${bare:-"$python lacks ${verdict#bare }. Install what is missing (on Debian and Ubuntu: apt install ${python##*/}-venv)"} ;;
            old*) old=${old:-"$python is ${verdict#old }. Install a newer one from $source"} ;;
        esac
    done
    fail "Python 3.11 or newer is needed, and ${bare:-${old:-$none}}, then start again."
}

install() {
    printf '%s\n' "$root" "$1" >"$ready.new"
    # Editable: what `git pull` brings is used at once.
    if ! (cd "$root" && exec "$venv/bin/python" -m pip install --disable-pip-version-check \
        --retries 2 --editable "$1") >"$log" 2>&1; then
        if grep -qi -e 'connection broken' -e 'failed to establish' -e 'timed out' "$log"; then
            fail "The packages that hubbub needs cannot be downloaded." \
                "Connect this machine to the internet and start again; the details are in $log."
        fi
        fail "Installing failed: $(grep -i error "$log" | tail -n 1) The rest is in $log."
    fi
    mv "$ready.new" "$ready"
}
