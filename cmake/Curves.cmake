# The compiled part: the arithmetic of motions, which Python loads (execution/curves.py). It uses neither Python nor ROS.
include(CheckLanguage)
check_language(C)
if(CMAKE_C_COMPILER)
  enable_language(C)
  set(MOTION_ROOM src/${PROJECT_NAME}/execution)
  add_library(steadyhand_curves MODULE ${MOTION_ROOM}/curves.c ${MOTION_ROOM}/motions.c)
  # Optimised whatever the build type, and nothing that assumes all numbers to be finite.
  target_compile_options(steadyhand_curves PRIVATE -std=c99 -O3 -Wall -Wextra)
  target_link_libraries(steadyhand_curves PRIVATE m)
  if(STEADYHAND_EDITABLE)
    install(TARGETS steadyhand_curves LIBRARY DESTINATION lib/${PROJECT_NAME})
  else()
    install(TARGETS steadyhand_curves LIBRARY DESTINATION ${PYTHON_INSTALL_DIR}/${PROJECT_NAME}/resources)
  endif()
else() # which only pip can do without
  message(STATUS "No C compiler here: installing the part of steadyhand that moves nothing")
endif()
