# What generating interfaces against the ROS wheels needs, beside rosidl itself.
option(STEADYHAND_PYTHON_ONLY "Generate only what Python and Fast DDS need of the interfaces" OFF)

# To be called before rosidl_generate_interfaces: takes the generators for C++ out.
macro(steadyhand_choose_generators)
  if(STEADYHAND_PYTHON_ONLY)
    list(FILTER AMENT_EXTENSIONS_rosidl_generate_idl_interfaces EXCLUDE REGEX "_cpp:|introspection_cpp")
  endif()
endmacro()

# To be called after it: the imported targets name include folders of the machine that built the wheels, and CMake
# refuses targets whose include folders are missing.
function(steadyhand_mend_wheel_targets)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(folders MATCHES "/opt/python/")
      list(FILTER folders EXCLUDE REGEX "^/opt/python/")
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${folders}")
    endif()
  endforeach()
endfunction()

# To be called after it: sources that spend their compiler's time on the same headers are compiled together.
function(steadyhand_compile_together)
  if(STEADYHAND_PYTHON_ONLY)
    foreach(part rosidl_typesupport_fastrtps_c rosidl_generator_py)
      if(TARGET ${PROJECT_NAME}__${part})
        set_target_properties(${PROJECT_NAME}__${part} PROPERTIES UNITY_BUILD ON)
      endif()
    endforeach()
  endif()
endfunction()
