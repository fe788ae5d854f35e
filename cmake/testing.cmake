# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
#
# How weir's own programs are compiled, and how a program becomes a test.
option(WEIR_WERROR "Treat warnings in weir's own programs as errors" OFF)
option(WEIR_CHECK_PLAIN "Use the in-tree test front instead of Criterion" OFF)
set(WEIR_SANITIZE "" CACHE STRING "Sanitizers for weir's own programs, as in -fsanitize=")

add_library(weir_own INTERFACE)
target_link_libraries(weir_own INTERFACE weir::weir)
target_compile_options(weir_own INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(WEIR_WERROR)
    target_compile_options(weir_own INTERFACE -Werror)
endif()
if(WEIR_SANITIZE)
    target_compile_options(weir_own INTERFACE
        -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    target_link_options(weir_own INTERFACE -fsanitize=${WEIR_SANITIZE})
endif()

# weir_add_test(name command...): a test that fails, whatever it returns, when a sanitizer spoke.
# Tests have time-outs of their own; this one is for a program that hangs outside of them. Criterion
# is told to run one test at a time: with more its own runner leaks, and ctest runs programs side by
# side anyway.
function(weir_add_test name)
    add_test(NAME ${name} COMMAND ${ARGN})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT 300
        ENVIRONMENT CRITERION_JOBS=1
        FAIL_REGULAR_EXPRESSION "(ERROR|WARNING|SUMMARY): [A-Za-z]+Sanitizer;runtime error:")
endfunction()

# weir_add_tests(kind pattern [library...]): each source that the pattern finds is a program
# kind-NAME and a test kind/NAME.
function(weir_add_tests kind pattern)
    file(GLOB sources CONFIGURE_DEPENDS ${pattern})
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(${kind}-${name} ${source})
        target_link_libraries(${kind}-${name} PRIVATE weir_own ${ARGN})
        weir_add_test(${kind}/${name} ${kind}-${name})
    endforeach()
endfunction()
