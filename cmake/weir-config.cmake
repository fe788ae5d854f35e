# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/weir-targets.cmake)
