import TaskTree

extension Scenario {
    /// A large tree that never rests: tasks end and others take their place, thousands a second.
    static let storm = Scenario(
        name: "storm", summary: "ten thousand tasks that come and go; --scale says how many", endsByItself: false
    ) { engine, settings in
        let weather = Weather(settings)
        do {
            try await DemoError.unwrapped {
                try await engine.run("storm", policy: .isolate, grace: settings.grace) { root in
                    try await root.heedingCancel {
                        root.progress(
                            "\(settings.scale) tasks, of which about \(weather.replaced) are replaced a second")
                        try Storm(weather: weather, root: root).rise()
                        await root.cancelled()
                    }
                }
            }
        } catch is TaskCancelled {}
        return weather.totals
    }
}

/// Builds the levels: root, regions, districts, and cells, which a tenth of have a spark below them.
private struct Storm {
    let weather: Weather
    let root: TaskScope
    private static let cellsOfDistrict = 100
    private static let districtsOfRegion = 10

    func rise() throws {
        var left = max(1, weather.scale)
        var region = 0
        while left > 0 {
            region += 1
            let cells = min(left, Self.cellsOfDistrict * Self.districtsOfRegion)
            left -= cells
            try root.spawn("region-\(region)", kind: "region", policy: .isolate) { scope in
                try await scope.heedingCancel { try await fill(scope, cells: cells) }
            }
        }
    }

    private func fill(_ region: TaskScope, cells: Int) async throws {
        var left = cells
        var number = 0
        while left > 0 {
            number += 1
            let cells = min(left, Self.cellsOfDistrict)
            left -= cells
            try region.spawn("district-\(number)", kind: "district", policy: .isolate) { district in
                try await district.heedingCancel {
                    for _ in 0..<cells { try Cell.start(in: district, weather) }
                    await district.cancelled()
                }
            }
        }
        await region.cancelled()
    }
}
