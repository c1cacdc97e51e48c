/// Python's trio: nurseries and cancel scopes. `Peers/trio` has the program. It does less, for it takes long.
struct TrioPeer: Subject {
    var name: String { "trio" }
    var summary: String { "Python's trio: nurseries, cancel scopes, cleanup in finally; fewer tasks" }

    func prepare() -> String? {
        Command(words: ["python3", "-c", "import trio"]).works
            ? nil : "no trio for python3 (apt-get install python3-trio)"
    }

    func part(in benchmark: Benchmark, _ shape: Shape, _ scale: Scale) -> Part {
        let most = min(benchmark.tasks(scale), scale.isQuick ? 2_000 : 10_000)
        switch benchmark {
        // The exceptions of a cancelled chain nest, and Python does not follow them deeper than 900.
        case .cascade: return .does(shape == .chain ? min(most, 500) : most)
        case .spawn, .finish, .firstError: return .does(most)
        case .notice: return .does(min(most, 2_000))
        case .acquire: return shape == .atEnd ? .does(most) : .doesNot
        case .churn: return .does(scale.isQuick ? 200_000 : 1_000_000)
        case .publish, .timer: return .doesNot
        }
    }

    func command(_ sample: Sample) -> Command {
        Command(words: ["python3", PeerSources.path + "/trio/peer.py"] + sample.words)
    }
}
