// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
module bench_go

go 1.21
