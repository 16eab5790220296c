# The compiled part: the arithmetic of motions, which Python loads (compiled.py). It uses neither Python nor ROS.
set(COMPILED_SOURCES execution/curves.c execution/motions.c kinematics/chain.c)
include(CheckLanguage)
check_language(C)
if(CMAKE_C_COMPILER)
  enable_language(C)
  list(TRANSFORM COMPILED_SOURCES PREPEND src/${PROJECT_NAME}/)
  add_library(steadyhand_compiled MODULE ${COMPILED_SOURCES})
  # Optimised whatever the build type, and nothing that assumes all numbers to be finite.
  target_compile_options(steadyhand_compiled PRIVATE -std=c99 -O3 -Wall -Wextra)
  target_link_libraries(steadyhand_compiled PRIVATE m)
  if(STEADYHAND_EDITABLE)
    install(TARGETS steadyhand_compiled LIBRARY DESTINATION lib/${PROJECT_NAME})
  else()
    install(TARGETS steadyhand_compiled LIBRARY DESTINATION ${PYTHON_INSTALL_DIR}/${PROJECT_NAME}/resources)
  endif()
else() # which only pip can do without
  message(STATUS "No C compiler here: installing the part of steadyhand that moves nothing")
endif()
