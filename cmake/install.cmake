# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
#
# The install target: headers, man pages, a CMake package and a pkg-config file. Nothing depends on
# the processor, so everything but the headers goes below share/.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/weir)
target_include_directories(weir INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")

if(CMAKE_VERSION VERSION_LESS 3.23)
    install(DIRECTORY include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(TARGETS weir EXPORT weir)
else()
    install(TARGETS weir EXPORT weir FILE_SET HEADERS)
endif()

install(EXPORT weir NAMESPACE weir:: FILE weir-targets.cmake DESTINATION ${package_dir})
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/weir-config-version.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/weir-config.cmake ${PROJECT_BINARY_DIR}/weir-config-version.cmake
    DESTINATION ${package_dir})

configure_file(cmake/weir.pc.in ${PROJECT_BINARY_DIR}/weir.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man3 FILES_MATCHING PATTERN *.3)
