"""Images of all renderers: right places, right colours, alike, and a way out where libraries are missing."""

import os
import subprocess
import sys
import textwrap

import cv2
import numpy as np
import pytest

from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource
from steadyhand.simulation.cameras import CAMERAS, OPTICAL_FRAMES
from steadyhand.simulation.exceptions import RenderingError
from steadyhand.simulation.optics import intrinsic_matrix
from steadyhand.simulation.rendering import make_renderer
from steadyhand.simulation.scene import DESCRIPTION
from steadyhand.simulation.world import HOME, World

REACHING = [0.1, 0.3, 0.0, -2.2, 0.0, 2.5, 0.8]
CHANNEL = {"red_cube": 0, "green_cube": 1, "blue_cube": 2}


def egl_works():
    try:
        make_renderer(World(), 8, 8, "egl").close()
    except RenderingError:
        return False
    return True


BACKENDS = [pytest.param("egl", marks=pytest.mark.skipif(not egl_works(), reason="no EGL here")), "raycast"]
egl = pytest.mark.skipif(not egl_works(), reason="no EGL here")


@pytest.fixture(scope="module")
def world():
    return World()


def draw(world, camera, backend, size=(192, 144), **options):
    renderer = make_renderer(world, *size, backend, **options)
    image = renderer.render(world.data, camera)
    renderer.close()
    assert image.shape == (size[1], size[0], 3)
    assert image.dtype == np.uint8
    return image


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_cubes_are_seen_where_pinocchio_and_the_intrinsics_put_them(world, backend, camera, seed):
    pinocchio = pytest.importorskip("pinocchio")
    model = pinocchio.buildModelFromXML(read_description(resource(DESCRIPTION)))
    data = model.createData()
    world.reset(seed)
    pinocchio.framesForwardKinematics(model, data, world.positions)
    eye = data.oMf[model.getFrameId(OPTICAL_FRAMES[camera])].inverse()
    image = draw(world, camera, backend, (640, 480), max_rays=640 * 480).astype(int)
    seen = 0
    for name, channel in CHANNEL.items():
        x, y, depth = intrinsic_matrix(camera, 640, 480) @ eye.act(world.object_pose(name).position)
        column, row = round(x / depth), round(y / depth)
        if not (0 <= column < 640 and 0 <= row < 480):
            continue
        seen += 1
        pixel = image[row, column]
        assert pixel[channel] > 1.5 * np.delete(pixel, channel).max()
    assert seen == 3 if camera == "front" else seen >= 1


@egl
@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("arm", [HOME, REACHING])
def test_ray_casting_draws_what_opengl_draws(world, camera, arm):
    world.reset(5)
    world.set_targets(arm, 0.03)
    world.step(1000)
    by_opengl, by_rays = (draw(world, camera, backend).astype(int) for backend in ("egl", "raycast"))
    difference = np.abs(by_opengl - by_rays)
    assert difference.mean() < 0.3
    assert (difference.max(axis=2) > 10).mean() < 0.002


@egl
@pytest.mark.parametrize("camera", CAMERAS)
def test_a_coarse_trace_shows_a_policy_the_same(world, camera):
    world.reset(5)
    by_opengl, by_rays = (
        cv2.resize(draw(world, camera, backend, (640, 480)), (96, 96), interpolation=cv2.INTER_AREA).astype(int)
        for backend in ("egl", "raycast")
    )
    assert np.abs(by_opengl - by_rays).mean() < 1.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_size_shows_the_same_field_of_view(world, backend):
    world.reset(0)
    wide = draw(world, "front", backend, (384, 288), max_rays=10**6)
    square = draw(world, "front", backend, (96, 96), max_rays=10**6)
    shrunk = cv2.resize(wide, (96, 96), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - square).mean() < 2.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_configuration_is_enough_to_draw_from(world, backend):
    world.reset(3)
    world.set_targets(REACHING, 0.01)
    world.step(300)
    elsewhere = make_renderer(World("pick", seed=99), 96, 96, backend)
    for camera in CAMERAS:
        np.testing.assert_array_equal(
            elsewhere.render(world.configuration, camera), draw(world, camera, backend, (96, 96))
        )
    elsewhere.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_drawing_changes_nothing_in_the_world(world, backend):
    world.reset(3)
    before = world.snapshot().physics
    draw(world, "front", backend)
    np.testing.assert_array_equal(world.snapshot().physics, before)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_moves_is_drawn_anew(world, backend):
    renderer = make_renderer(world, 96, 96, backend)
    world.reset(0)
    first = {camera: renderer.render(world.data, camera) for camera in CAMERAS}
    world.set_targets(REACHING, 0.0)
    world.step(500)
    for camera in CAMERAS:
        assert np.abs(renderer.render(world.data, camera).astype(int) - first[camera]).mean() > 3
    world.reset(0)
    for camera in CAMERAS:
        np.testing.assert_array_equal(renderer.render(world.data, camera), first[camera])
    renderer.close()


@egl
def test_several_renderers_live_side_by_side(world):
    world.reset(0)
    small, large = make_renderer(world, 96, 96, "egl"), make_renderer(world, 320, 240, "egl")
    expected = small.render(world.data, "front"), large.render(world.data, "front")
    another = make_renderer(world, 128, 64, "egl")
    another.render(world.data, "wrist")
    del another
    np.testing.assert_array_equal(small.render(world.data, "front"), expected[0])
    small.close()
    small.close()
    np.testing.assert_array_equal(large.render(world.data, "front"), expected[1])
    with pytest.raises(RenderingError, match="closed"):
        small.render(world.data, "front")
    large.close()


def test_the_hand_takes_little_of_the_wrist_cameras_image(world):
    world.reset(0)
    world.set_targets(REACHING, 0.04)
    world.step(1000)
    image = draw(world, "wrist", "raycast").astype(int)
    grey = np.ptp(image, axis=2) < 12
    assert 0.005 < grey.mean() < 0.15


@pytest.mark.parametrize(
    ("size", "backend", "message"),
    [((96, 96), "vulkan", "vulkan"), ((0, 96), "raycast", "0 x 96"), ((96, -1), "auto", "96 x -1")],
)
def test_impossible_renderers_are_refused(world, size, backend, message):
    with pytest.raises(RenderingError, match=message):
        make_renderer(world, *size, backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_unknown_cameras_and_wrong_configurations_are_refused(world, backend):
    renderer = make_renderer(world, 32, 24, backend)
    with pytest.raises(RenderingError, match="side"):
        renderer.render(world.data, "side")
    with pytest.raises(RenderingError, match=r"World\.configuration"):
        renderer.render(world.configuration[:-1], "front")
    with pytest.raises(RenderingError, match=r"World\.configuration"):
        renderer.render(world.configuration * np.nan, "front")
    renderer.close()


def run_without_graphics(program, **environment):
    """Runs a program in a process where no graphics library can be opened."""
    hiding = """
        import ctypes, ctypes.util

        def lacks(name):
            return any(part in str(name) for part in ("GL", "OSMesa", "glfw"))

        class Opened(ctypes.CDLL):
            def __init__(self, name, *arguments, **options):
                if lacks(name):
                    raise OSError(f"{name}: cannot open shared object file")
                super().__init__(name, *arguments, **options)

        find = ctypes.util.find_library
        ctypes.CDLL = ctypes.cdll._dlltype = Opened
        ctypes.util.find_library = lambda name: None if lacks(name) else find(name)
    """
    drawing = """
        from steadyhand.simulation.rendering import make_renderer
        from steadyhand.simulation.world import World
        world = World()
    """
    return subprocess.run(
        [sys.executable, "-c", "".join(textwrap.dedent(part) for part in (hiding, drawing, program))],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("named", ["", "egl", "osmesa", "glfw"])
def test_without_graphics_libraries_auto_casts_rays_whatever_the_environment_names(named):
    done = run_without_graphics(
        """
        renderer = make_renderer(world, 32, 24)
        print(renderer.backend, renderer.render(world.data, "front").mean() > 50)
        """,
        MUJOCO_GL=named,
    )
    assert done.stdout.split() == ["raycast", "True"], done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("backend", "package"), [("egl", "libegl1"), ("osmesa", "libosmesa6")])
def test_a_missing_library_is_named_with_the_package_to_install(backend, package):
    done = run_without_graphics(
        f"""
        from steadyhand.simulation.exceptions import RenderingError
        try:
            make_renderer(world, 32, 24, {backend!r})
        except RenderingError as error:
            print(error)
        """
    )
    assert f"apt-get install {package}" in done.stdout, done.stderr
    assert "raycast" in done.stdout


def test_the_environment_is_left_as_it_was():
    program = """
        import os
        from steadyhand.simulation.rendering import make_renderer
        from steadyhand.simulation.world import World
        world = World()
        renderer = make_renderer(world, 32, 24)
        renderer.render(world.data, "front")
        print([name for name in ("MUJOCO_GL", "PYOPENGL_PLATFORM") if name in os.environ])
    """
    environment = {name: value for name, value in os.environ.items() if name not in ("MUJOCO_GL", "PYOPENGL_PLATFORM")}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, capture_output=True, text=True, timeout=120
    )
    # The renderer is not closed: that, too, must end without a word.
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
