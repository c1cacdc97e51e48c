module treetop-benchmarks/go

go 1.22

require golang.org/x/sync v0.1.0

// Where Debian's golang-golang-x-sync-dev puts it.
replace golang.org/x/sync => /usr/share/gocode/src/golang.org/x/sync
