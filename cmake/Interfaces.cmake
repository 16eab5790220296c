# Messages, services and actions of steadyhand.
enable_language(C)
enable_language(CXX)
find_package(ament_cmake_python REQUIRED)
find_package(rosidl_default_generators REQUIRED)
find_package(action_msgs REQUIRED)
find_package(builtin_interfaces REQUIRED)
find_package(std_msgs REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/Wheels.cmake)

file(GLOB interfaces CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} msg/*.msg srv/*.srv action/*.action)
steadyhand_choose_generators()
rosidl_generate_interfaces(${PROJECT_NAME} ${interfaces}
  DEPENDENCIES action_msgs builtin_interfaces std_msgs)
steadyhand_mend_wheel_targets()
ament_export_dependencies(rosidl_default_runtime)
