# Installs what is missing on a Debian-like system; read by `run` and `test`, not run by itself.
# With CI=true it never asks; otherwise it asks before it uses sudo. On a system that it does not know it names the
# packages and stops.

BUILD_PACKAGES="build-essential clang libclang-dev pkg-config libasound2-dev libavcodec-dev libavformat-dev libavutil-dev libswresample-dev"
RUN_PACKAGES="libasound2-plugins libegl1 libgl1 libgl1-mesa-dri libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libxrandr2"
DESK_PACKAGES="imagemagick openbox pulseaudio pulseaudio-utils x11-utils xauth xdotool xvfb"
TEST_PACKAGES="dbus-daemon ffmpeg flac fonts-dejavu-core mount python3 python3-venv strace tesseract-ocr texlive-base texlive-binaries x11-xkb-utils xclip"

say() { printf '%s\n' "$*"; }
stop() { say "$*" >&2; exit 1; }

# Names of the packages among the arguments that are not installed.
missing_packages() {
  for package in "$@"; do
    dpkg-query --show --showformat='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf '%s ' "$package"
  done
}

install_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    [ "${PLENARY_NO_INSTALL:-}" = 1 ] && return
    say "This system is not one that this script knows how to install packages on." >&2
    say "Please install what these Debian packages hold, then start again with PLENARY_NO_INSTALL=1:" >&2
    stop "  $*"
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  say "Installing: $missing"
  sudo=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || stop "Neither root nor sudo; please have these packages installed: $missing"
    if [ "${CI:-}" != true ]; then
      printf 'This needs sudo. Go on? [y/N] '
      read -r answer || answer=
      case $answer in y | Y | yes) ;; *) stop "Nothing was installed." ;; esac
    fi
    sudo=sudo
  fi
  $sudo apt-get update -q
  # shellcheck disable=SC2086 # a list of names
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}

need_rust() {
  command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
  command -v cargo >/dev/null || stop "Rust is needed (1.95 or newer); see https://rustup.rs"
}
