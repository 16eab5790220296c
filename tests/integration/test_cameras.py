"""Footage through the graph: a video and a folder, their camera nodes, the policy node, and what it made of them."""

import cv2
import numpy as np
import pytest
from bench import Bench
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from observation_recording import record, write
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, JointState
from steadyhand.msg import ActionChunk, ExecutionState

from footage import write_folder, write_video
from steadyhand.chunks.arm import arm_model
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.qos import CHUNKS, IMAGES
from steadyhand.observation.recording import feed, recorded_inputs
from steadyhand.observation.replay import ObservationReplay

pytest.importorskip("rosbags", reason="the extra 'bags' is not installed")

RATE = 10.0
VIDEO = [20, 40, 60, 80, 100, 120, 140, 160, 180, 200]
FOLDER = [30, 70, 110, 150, 190, 230]
SIZE = (640, 480)
FRONT, WRIST = "/front_camera/image_raw", "/wrist_camera/image_raw/compressed"
RELIABLE = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)

CALIBRATION = """\
image_width: 640
image_height: 480
camera_matrix: {rows: 3, cols: 3, data: [500, 0, 320, 0, 501, 240, 0, 0, 1]}
distortion_model: plumb_bob
distortion_coefficients: {rows: 1, cols: 5, data: [-0.3, 0.1, 0.001, 0.002, 0]}
rectification_matrix: {rows: 3, cols: 3, data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {rows: 3, cols: 4, data: [400, 0, 318, 0, 0, 402, 241, 0, 0, 0, 1, 0]}
"""


class FootageBench(Bench):
    """A bench whose images come from camera nodes, and whose joint states are latched."""

    def __init__(self, graph):
        super().__init__(graph, "panda_footage")
        for publisher in self._cameras.values():
            self.client.node.destroy_publisher(publisher)
        self.client.node.destroy_publisher(self._joints)
        self._joints = self.client.node.create_publisher(JointState, "/joint_states", RELIABLE)
        self.statuses = {}
        self.client.node.create_subscription(DiagnosticArray, "/diagnostics", self._hear, 10)

    def _show(self):
        pass

    def _hear(self, array):
        self.statuses.update({status.name: status for status in array.status})

    def until_status(self, name, text):
        """Wait until the diagnostics of a name say something, and return them."""

        def found():
            status = self.statuses.get(f"steadyhand: {name}")
            return status if status is not None and text in status.message else None

        return self.client.wait_for(found, message=f"no diagnostics of {name} say '{text}'")

    def set(self, node, name, value):
        request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
        (result,) = self.client.call(SetParameters, f"{node}/set_parameters", request).results
        return result


def values(status):
    return {entry.key: entry.value for entry in status.values}


@pytest.fixture(scope="module")
def stage(shared_graph):
    """The policy node alone, then every camera of the tests, all started at once."""
    folder = shared_graph.folder
    video = write_video(folder / "front.avi", VIDEO, rate=RATE, size=SIZE)
    images = write_folder(folder / "wrist", FOLDER, suffix=".jpg", size=SIZE)
    (folder / "front.yaml").write_text(CALIBRATION)
    bench = FootageBench(shared_graph)

    def start(namespace, source, **parameters):
        return shared_graph.start("camera", arguments=("-r", f"__ns:=/{namespace}"), source=str(source), **parameters)

    # Somebody publishes another type where the deployment says raw images.
    mistaken = bench.client.node.create_publisher(CompressedImage, FRONT, 1)
    bench.wrist = start("wrist_camera", images, rate=RATE)
    bench.once = start("once", video, loop=False, rate=200.0)
    bench.absent = start("absent", "/dev/video63")
    bench.hopeless = start("hopeless", folder / "front.avy")
    bench.hopeless.expected_to_end = True
    bench.obstacle = bench.until_status("policy", "transport: compressed").message
    bench.client.node.destroy_publisher(mistaken)
    bench.front = start("front_camera", video, calibration=folder / "front.yaml", frame_id="front_optical")
    yield bench
    bench.client.close()


def level_of(message):
    """The level of grey that an image message shows."""
    if isinstance(message, CompressedImage):
        return float(cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR).mean())
    return float(np.frombuffer(message.data, np.uint8).mean())


def nearest(level, levels):
    """The index of the footage's frame that shows a level."""
    index = int(np.argmin([abs(level - one) for one in levels]))
    assert level == pytest.approx(levels[index], abs=4.0)
    return index


def test_chunks_come_from_the_frames_of_the_footage(stage, tmp_path):
    topics = {
        FRONT: (Image, IMAGES),
        WRIST: (CompressedImage, IMAGES),
        "/joint_states": (JointState, RELIABLE),
        "/action_chunk": (ActionChunk, CHUNKS),
    }
    taken = record(stage.client, topics)
    stage.run("e1", instruction="pick up the red cube")
    stage.reports = ExecutionState(
        episode_id="e1", state=ExecutionState.STATE_HELD, hold_code="WAITING_FOR_CHUNK"
    )  # fmt: skip
    stage.client.wait_for(lambda: sum(topic == "/action_chunk" for topic, _, _ in taken) >= 12)
    stage.end("e1")
    stage.reports = None

    # What the cameras published is the footage, at its rate.
    shown = {}
    for key, topic, levels in (("front", FRONT, VIDEO), ("wrist", WRIST, FOLDER)):
        messages = [deserialize_message(data, topics[topic][0]) for name, _, data in taken if name == topic]
        shown[key] = {round(to_seconds(one.header.stamp), 6): nearest(level_of(one), levels) for one in messages}
        stamps = list(shown[key])
        assert stamps == sorted(stamps)
        assert len(stamps) <= RATE * (stamps[-1] - stamps[0]) + 3
        assert len(set(shown[key].values())) > 3

    # Chunks name the stamps of those frames, and replay shows the pixels that belong to these stamps.
    write(tmp_path / "bag", taken)
    inputs = recorded_inputs(tmp_path / "bag")
    replay = ObservationReplay(stage.contract, inputs, arm_model(stage.contract), "pick up the red cube")
    observations = {}
    for _ in feed(tmp_path / "bag", stage.contract, replay):
        observations.update({one.index: one.observation for one in replay.completed()})
    # Images are sent without guarantee: the recorder misses some that the node had.
    assert len(observations) >= 5, [one.missing for one in replay.incomplete()]
    for index, observation in observations.items():
        for key, levels in (("front", VIDEO), ("wrist", FOLDER)):
            frame = shown[key][round(inputs[index][key], 6)]
            assert observation.images[key].mean() == pytest.approx(levels[frame], abs=4.0)
    assert len({one["front"] for one in inputs}) > 5, "different frames, different chunks"


def test_a_topic_of_another_type_is_named_with_the_remedy(stage):
    assert f"'{FRONT}' is published as sensor_msgs/msg/CompressedImage by /bench" in stage.obstacle


def test_the_policy_subscribes_as_joint_states_and_cameras_are_published(stage):
    status = stage.until_status("policy", "ready")
    assert values(status)["QoS /joint_states"] == "reliable, transient local"
    assert values(status)[f"QoS {FRONT}"] == "best effort, volatile"
    assert "'/joint_states' is published reliable, transient local by /bench" in stage.process.log


def test_a_driver_that_comes_to_publish_otherwise_is_followed(stage):
    node = stage.client.node
    node.destroy_publisher(stage._joints)
    stage._joints = node.create_publisher(JointState, "/joint_states", IMAGES)
    name = "QoS /joint_states"
    stage.client.wait_for(
        lambda: values(stage.statuses["steadyhand: policy"])[name] == "best effort, volatile",
        message="the subscription does not follow",
    )
    stage.run("e2", instruction="pick up the red cube")
    stage.chunks.collect(1)
    stage.end("e2")
    assert "'/joint_states' is published best effort, volatile by /bench" in stage.process.log


def test_camera_info_has_the_calibration_and_the_stamp_of_its_image(stage):
    infos = stage.client.listen(CameraInfo, "/front_camera/camera_info", IMAGES)
    images = stage.client.listen(Image, FRONT, IMAGES)

    def same():
        stamps = {to_seconds(one.header.stamp): one for one in infos.messages}
        return next(
            ((stamps[s], one) for one in images.messages if (s := to_seconds(one.header.stamp)) in stamps), None
        )

    info, image = stage.client.wait_for(same)
    assert (info.width, info.height, info.distortion_model) == (*SIZE, "plumb_bob")
    assert (info.k[0], info.k[4], info.p[2], info.d[0]) == (500.0, 501.0, 318.0, -0.3)
    assert info.header.frame_id == image.header.frame_id == "front_optical"
    uncalibrated = stage.client.listen(CameraInfo, "/wrist_camera/camera_info", IMAGES).next()
    assert uncalibrated.k[0] == 0.0 and (uncalibrated.width, uncalibrated.height) == SIZE


def test_images_are_encoded_as_ros_says_and_jpeg_only_for_subscribers(stage):
    jpeg = stage.client.listen(CompressedImage, WRIST, IMAGES).next()
    assert jpeg.format == "bgr8; jpeg compressed bgr8"
    image = stage.client.listen(Image, FRONT, IMAGES).next()
    assert (image.encoding, image.step, len(image.data)) == ("bgr8", 1920, 480 * 1920)
    status = stage.until_status("camera /front_camera/camera", "running")
    assert values(status)["subscribers compressed"] == "0"
    assert 0.5 * RATE < float(values(status)["rate [Hz]"]) < 1.5 * RATE
    assert float(values(status)["age at publication median [s]"]) < 0.5


def coarseness(image):
    """The first step of quantisation in a JPEG's first table."""
    content = bytes(image.data)
    return content[content.index(b"\xff\xdb") + 5]


def test_what_is_safe_may_change_while_it_runs_and_the_rest_is_refused_with_a_reason(stage):
    node, images = "/wrist_camera/camera", stage.client.listen(CompressedImage, WRIST, IMAGES)
    assert stage.set(node, "latency", 2.0).successful
    images.next(lambda image: stage.client.now - to_seconds(image.header.stamp) > 2.0)
    assert stage.set(node, "latency", 0.0).successful
    fine = coarseness(images.next())
    assert stage.set(node, "jpeg_quality", 5).successful
    images.next(lambda image: coarseness(image) > 10 * fine)
    for name, value, reason in (("jpeg_quality", 101, "range"), ("source", "/dev/video0", "read-only")):
        result = stage.set(node, name, value)
        assert not result.successful and reason in result.reason


def test_a_source_that_ends_says_so_and_stays(stage):
    status = stage.until_status("camera /once/camera", "has ended after 10 frames")
    assert status.level == DiagnosticStatus.WARN and "'loop' is false" in status.message
    assert stage.once.alive and "has ended" in stage.once.log


def test_a_device_that_is_not_there_is_waited_for_and_shown(stage):
    status = stage.until_status("camera /absent/camera", "there is no device '/dev/video63'")
    assert status.level == DiagnosticStatus.ERROR
    assert values(status)["state"] == "lost"
    assert stage.absent.alive
    assert stage.absent.log.count("there is no device") == 1, "the log is not flooded"


def test_what_can_never_work_ends_the_process_with_the_remedy(stage):
    assert stage.hopeless.wait(60.0) == 1
    assert "Did you mean" in stage.hopeless.log and "front.avi" in stage.hopeless.log
    assert "Traceback" not in stage.hopeless.log


def test_an_outside_manager_takes_a_camera_down_and_up_again(stage):
    def change(transition):
        request = ChangeState.Request(transition=Transition(id=transition))
        return stage.client.call(ChangeState, "/wrist_camera/camera/change_state", request).success

    images = stage.client.listen(CompressedImage, WRIST, IMAGES)
    images.next()
    assert change(Transition.TRANSITION_DEACTIVATE)
    stage.until_status("camera /wrist_camera/camera", "inactive")
    seen = images.count
    assert change(Transition.TRANSITION_CLEANUP)
    assert images.count == seen
    assert change(Transition.TRANSITION_CONFIGURE) and change(Transition.TRANSITION_ACTIVATE)
    images.next()


def test_cameras_leave_cleanly_after_ctrl_c(stage):
    for camera in (stage.once, stage.absent, stage.wrist):
        assert camera.interrupt() == 0
        assert "Traceback" not in camera.log
