# The policy node on a machine of its own: ROS 2 from wheels, no distribution. Build it in the root of the source:
#   docker build -f docker/policy-server.Dockerfile -t steadyhand-policy .
# ROS is kilted or jazzy: that of the robot. EXTRAS are extras of pyproject.toml, such as "kinematics,train" for PyTorch.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
ARG ROS=kilted
ARG EXTRAS=kinematics
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml constraints.txt ./
COPY scripts/requirements.py scripts/
# One environment builds the interfaces, another one, without compiler and generators, goes into the image.
RUN suffix=""; if [ "$ROS" != kilted ]; then suffix="-$ROS"; grep -v '^ros-' constraints.txt > rest && mv rest constraints.txt; fi \
    && python -m venv /build && python -m venv /opt/steadyhand \
    && /build/bin/python scripts/requirements.py "ros$suffix" "interfaces$suffix" > build.txt \
    && /build/bin/pip install --no-cache-dir -c constraints.txt -r build.txt 'scikit-build-core==1.1.2' \
    && /opt/steadyhand/bin/python scripts/requirements.py "ros$suffix" ${EXTRAS//,/ } > run.txt \
    && /opt/steadyhand/bin/pip install --no-cache-dir -c constraints.txt -r run.txt
COPY CMakeLists.txt package.xml README.md LICENSE ./
COPY cmake cmake
COPY msg msg
COPY srv srv
COPY action action
COPY config config
COPY launch launch
COPY urdf urdf
COPY src src
RUN export PATH=/build/bin:$PATH CMAKE_PREFIX_PATH=/build AMENT_PREFIX_PATH=/build \
    && pip wheel --no-cache-dir --no-build-isolation --no-deps -w wheels . \
    && /opt/steadyhand/bin/pip install --no-cache-dir --no-deps wheels/steadyhand-*.whl

FROM python:${PYTHON}-slim-bookworm
RUN useradd --create-home --uid 1000 steadyhand
COPY --from=build /opt/steadyhand /opt/steadyhand
ENV PATH=/opt/steadyhand/bin:$PATH AMENT_PREFIX_PATH=/opt/steadyhand OMP_NUM_THREADS=4
USER 1000
WORKDIR /home/steadyhand
ENTRYPOINT ["/opt/steadyhand/lib/steadyhand/policy", "--ros-args"]
CMD ["-p", "deployment:=panda_embedded"]
