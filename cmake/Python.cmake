# The Python package, the files that ship with it, and the executables.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(share_folders config launch urdf)
set(linked_folders config urdf)
set(resource_folders config msg urdf)
set(nodes simulator policy pilot bridge instruction camera visualiser stack)

if(STEADYHAND_EDITABLE)
  # Python is found in src/ through a .pth file (scripts/editable.py), and files at the root of the source tree.
  foreach(folder IN LISTS linked_folders)
    install(CODE "
      file(MAKE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}/share/${PROJECT_NAME}\")
      file(CREATE_LINK \"${CMAKE_CURRENT_SOURCE_DIR}/${folder}\"
        \"\${CMAKE_INSTALL_PREFIX}/share/${PROJECT_NAME}/${folder}\" SYMBOLIC)")
  endforeach()
  # Launch files are looked for by walking the share folder, which follows links to files but none to folders.
  install(CODE "
    set(launch_folder \"\${CMAKE_INSTALL_PREFIX}/share/${PROJECT_NAME}/launch\")
    if(IS_SYMLINK \"\${launch_folder}\")
      file(REMOVE \"\${launch_folder}\")
    endif()
    file(MAKE_DIRECTORY \"\${launch_folder}\")
    file(GLOB launch_files \"${CMAKE_CURRENT_SOURCE_DIR}/launch/*.launch.py\")
    foreach(launch_file IN LISTS launch_files)
      get_filename_component(launch_name \"\${launch_file}\" NAME)
      file(CREATE_LINK \"\${launch_file}\" \"\${launch_folder}/\${launch_name}\" SYMBOLIC)
    endforeach()")
else()
  install(DIRECTORY src/${PROJECT_NAME}/ DESTINATION ${PYTHON_INSTALL_DIR}/${PROJECT_NAME}
    PATTERN __pycache__ EXCLUDE PATTERN "*.c" EXCLUDE)
  foreach(folder IN LISTS resource_folders)
    install(DIRECTORY ${folder} DESTINATION ${PYTHON_INSTALL_DIR}/${PROJECT_NAME}/resources)
  endforeach()
  if(ament_cmake_FOUND)
    foreach(folder IN LISTS share_folders)
      install(DIRECTORY ${folder} DESTINATION share/${PROJECT_NAME} PATTERN __pycache__ EXCLUDE)
    endforeach()
  endif()
endif()

function(steadyhand_executable name module folder prefix_from_folder)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/executable.in ${CMAKE_CURRENT_BINARY_DIR}/${folder}/${name} @ONLY)
  install(PROGRAMS ${CMAKE_CURRENT_BINARY_DIR}/${folder}/${name} DESTINATION ${folder})
endfunction()

if(ament_cmake_FOUND)
  foreach(node IN LISTS nodes)
    steadyhand_executable(${node} ${PROJECT_NAME}.nodes.${node} lib/${PROJECT_NAME} ../..)
  endforeach()
endif()
if(NOT SKBUILD)
  # pip makes the command itself, from pyproject.toml
  steadyhand_executable(${PROJECT_NAME} ${PROJECT_NAME} bin ..)
endif()
