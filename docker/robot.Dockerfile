# steadyhand on ROS 2 Jazzy or Kilted, for the robot's computer. Build it in the root of the source:
#   docker build -f docker/robot.Dockerfile --build-arg ROS_DISTRO=jazzy -t steadyhand-robot:jazzy .
ARG ROS_DISTRO=jazzy

FROM ros:${ROS_DISTRO}-ros-base-noble
ARG ROS_DISTRO
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV DEBIAN_FRONTEND=noninteractive
WORKDIR /workspace

# What rosdep has apt packages for. What it would get with pip goes into the virtual environment below.
COPY package.xml src/steadyhand/
COPY docker/rosdep-skip-keys.txt /workspace/
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make python3-venv python3-dev libegl1 libopengl0 libgl1 \
    && rosdep update --rosdistro "$ROS_DISTRO" \
    && rosdep install --from-paths src -y --rosdistro "$ROS_DISTRO" --skip-keys "$(tr '\n' ' ' < rosdep-skip-keys.txt)" \
    && rm -rf /var/lib/apt/lists/*

# The environment sees the distribution's packages and keeps its NumPy; the executables start with its Python.
COPY scripts src/steadyhand/scripts
COPY pyproject.toml constraints.txt src/steadyhand/
RUN . "/opt/ros/$ROS_DISTRO/setup.bash" \
    && src/steadyhand/scripts/workspace.sh venv
COPY . src/steadyhand/
RUN . "/opt/ros/$ROS_DISTRO/setup.bash" \
    && src/steadyhand/scripts/workspace.sh build

COPY docker/entrypoint.sh /entrypoint.sh
# Ubuntu's image has a user of this number. Ours may open cameras and serial ports.
RUN if ! id 1000 >/dev/null 2>&1; then useradd --create-home --uid 1000 robot; fi \
    && usermod --append --groups video,dialout "$(id -nu 1000)"
USER 1000
ENV ROS_LOG_DIR=/tmp/ros
ENTRYPOINT ["/entrypoint.sh"]
CMD ["ros2", "launch", "steadyhand", "bringup.launch.py"]
