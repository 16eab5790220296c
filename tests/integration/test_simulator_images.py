"""The simulator's cameras: form, times, intrinsics, and equal images from equal seeds."""

import os
import signal

import numpy as np
import pytest
from builtin_interfaces.msg import Duration
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image
from steadyhand.srv import ResetScene
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.nodes.qos import IMAGES
from steadyhand.simulation.rendering import make_renderer
from steadyhand.simulation.world import World

CAMERAS = ("front", "wrist")


def seconds(stamp):
    return stamp.sec + stamp.nanosec * 1e-9


def pixels(message):
    return np.frombuffer(message.data, dtype=np.uint8).reshape(message.height, message.width, 3)


@pytest.fixture(scope="module", autouse=True)
def simulator(shared_graph):
    return shared_graph.start("simulator", lockstep=True, renderer="raycast", seed=3)


@pytest.fixture
def images(shared_client):
    inboxes = {name: shared_client.listen(Image, f"/{name}_camera/image_raw", IMAGES, depth=60) for name in CAMERAS}
    for inbox in inboxes.values():
        inbox.next()
    return inboxes


def test_images_have_the_form_of_a_camera_driver(images):
    for name, inbox in images.items():
        message = inbox.next()
        assert (message.width, message.height, message.step) == (640, 480, 1920)
        assert message.encoding == "rgb8"
        assert len(message.data) == 640 * 480 * 3
        assert message.header.frame_id == f"{name}_camera_optical_frame"
        assert pixels(message).std() > 10


def test_stamps_are_capture_times_at_the_rate_and_never_ahead_of_the_clock(images, shared_client):
    clock = shared_client.listen(Clock, "/clock", 10)
    clock.next()
    for inbox in images.values():
        messages = inbox.collect(8)
        stamps = np.array([seconds(message.header.stamp) for message in messages])
        steps = np.round(np.diff(stamps) * 30)
        np.testing.assert_allclose(np.diff(stamps), steps / 30.0, atol=2.1e-3)
        assert np.all(steps >= 1)
        assert stamps[-1] <= seconds(clock.latest.clock) + 0.02


def test_both_cameras_capture_at_the_same_time(images):
    front = {seconds(m.header.stamp) for m in images["front"].collect(5)}
    images["wrist"].collect(2)
    assert front & {seconds(m.header.stamp) for m in images["wrist"].messages}


def test_camera_info_carries_the_intrinsics(shared_client):
    info = shared_client.listen(CameraInfo, "/front_camera/camera_info", IMAGES).next()
    assert (info.width, info.height) == (640, 480)
    assert info.header.frame_id == "front_camera_optical_frame"
    focal = 240.0 / np.tan(np.radians(46.0) / 2)
    np.testing.assert_allclose(info.k, [focal, 0, 319.5, 0, focal, 239.5, 0, 0, 1])
    np.testing.assert_allclose(np.reshape(info.p, (3, 4))[:, :3], np.reshape(info.k, (3, 3)))
    assert info.distortion_model == "plumb_bob"
    assert not any(info.d)


def test_equal_seeds_give_equal_images_whatever_happened_before(shared_client, images):
    commands = shared_client.publisher(JointTrajectory, "/panda_arm_controller/joint_trajectory")

    def first_image(seed):
        assert shared_client.call(ResetScene, "/simulator/reset", ResetScene.Request(seed=seed)).success
        # The reset is between two captures, so that the first image after it is the first of the scene.
        return {name: inbox.next() for name, inbox in images.items()}

    before = first_image(11)
    joints = [f"panda_joint{index}" for index in range(1, 8)]
    away = JointTrajectoryPoint(
        positions=[0.3, -0.5, 0.0, -2.0, 0.0, 1.5, 0.7], time_from_start=Duration(nanosec=10**8)
    )
    commands.publish(JointTrajectory(joint_names=joints, points=[away]))
    moved = images["wrist"].next(lambda m: np.abs(pixels(m).astype(int) - pixels(before["wrist"])).mean() > 2)
    assert moved is not None
    again = first_image(11)
    other = first_image(12)
    for name in CAMERAS:
        np.testing.assert_allclose(pixels(again[name]).astype(int), pixels(before[name]), atol=2)
        assert np.abs(pixels(other[name]).astype(int) - pixels(before[name])).mean() > 0.2


def test_the_image_is_the_scene_of_the_seed(shared_client, images):
    assert shared_client.call(ResetScene, "/simulator/reset", ResetScene.Request(seed=21)).success
    seen = pixels(images["front"].next()).astype(int)
    world = World(seed=21)
    expected = make_renderer(world, 640, 480, "raycast").render(world.configuration, "front")
    assert np.abs(seen - expected).mean() < 0.5


def test_frozen_cameras_stop_and_go_on(shared_client, images):
    shared_client.set_parameter("/simulator", "publish_images", False)
    shared_client.spin(0.3)
    counts = {name: inbox.count for name, inbox in images.items()}
    shared_client.listen(Clock, "/clock", 10).collect(30)
    assert counts == {name: inbox.count for name, inbox in images.items()}
    shared_client.set_parameter("/simulator", "publish_images", True)
    for inbox in images.values():
        inbox.next()


def test_a_camera_process_that_dies_ends_the_simulator_with_a_reason(graph, client):
    simulator = graph.start("simulator", renderer="raycast", arguments=("-r", "__node:=other"))
    client.wait_for(lambda: "images by raycast" in simulator.log)
    simulator.expected_to_end = True
    (cameras,) = simulator.children
    os.kill(cameras, signal.SIGKILL)
    assert simulator.wait(20.0) == 1
    assert "the drawing process camera_process ended with code -9" in simulator.log
    assert "Traceback" not in simulator.log


def test_a_renderer_that_cannot_be_had_is_named(graph, client):
    process = graph.start("simulator", renderer="crayons")
    process.expected_to_end = True
    assert process.wait(30.0) == 2
    assert "'crayons'; choose one of auto, egl" in process.log
    assert "Traceback" not in process.log
