/// What a database of a session has: its tables, and views that answer what is asked most. Instants are nanoseconds since
/// the session began (`…_ns`), lengths of time are nanoseconds too.
enum SQLSchema {
    /// Everything that rows are put into. The indices that are here are needed meanwhile.
    static let tables = """
        -- A session of treetop. Make a database of it with: sqlite3 NEW.db < THIS
        BEGIN;
        CREATE TABLE session(id TEXT, name TEXT, pid INTEGER, started TEXT, started_unix_ns INTEGER);
        CREATE TABLE events(seq INTEGER, t_ns INTEGER, event TEXT, fields TEXT,
            task INTEGER AS (json_extract(fields,'$.task')), resource INTEGER AS (json_extract(fields,'$.resource')),
            cascade INTEGER AS (json_extract(fields,'$.cascade')));
        CREATE TABLE tasks(id INTEGER, parent INTEGER, path TEXT, name TEXT, kind TEXT, attempt INTEGER,
            restart_of INTEGER, start_seq INTEGER, start_ns INTEGER, end_seq INTEGER, end_ns INTEGER,
            duration_ns INTEGER AS (end_ns-start_ns), outcome TEXT, error_type TEXT, error TEXT, cascade INTEGER,
            cause TEXT, cancelled_ns INTEGER, overdue_ns INTEGER, returned_ns INTEGER, acquired INTEGER,
            released INTEGER);
        CREATE INDEX tasks_by_id ON tasks(id);
        CREATE TABLE labels(task INTEGER, key TEXT, value TEXT);
        CREATE TABLE suppressed(task INTEGER, error_type TEXT, error TEXT);
        CREATE TABLE waits(task INTEGER, kind TEXT, waits_for INTEGER, name TEXT, start_ns INTEGER, end_ns INTEGER,
            duration_ns INTEGER AS (end_ns-start_ns));
        CREATE TABLE resources(id INTEGER, task INTEGER, kind TEXT, name TEXT, start_ns INTEGER, acquired_ns INTEGER,
            quarantined_ns INTEGER, releasing_ns INTEGER, end_ns INTEGER, outcome TEXT, release_ns INTEGER,
            error_type TEXT, error TEXT);
        CREATE TABLE cascades(id INTEGER, task INTEGER, path TEXT, cause TEXT, cause_kind TEXT, force INTEGER,
            requested_ns INTEGER, completed_ns INTEGER, tasks INTEGER, resources INTEGER, failed INTEGER,
            timed_out INTEGER, abandoned INTEGER, duration_ns INTEGER);
        CREATE INDEX cascades_by_id ON cascades(id);
        CREATE TABLE logs(seq INTEGER, t_ns INTEGER, task INTEGER, level TEXT, message TEXT);

        """

    /// What comes once all rows are there.
    static let views = """
        CREATE INDEX events_by_seq ON events(seq);
        CREATE INDEX tasks_by_parent ON tasks(parent);
        CREATE INDEX tasks_by_cascade ON tasks(cascade);
        CREATE INDEX resources_by_task ON resources(task);
        CREATE INDEX logs_by_task ON logs(task);
        CREATE VIEW slowest_releases AS
            SELECT release_ns/1e6 AS milliseconds, r.kind, r.name, t.path, r.outcome, r.error, r.id AS resource, r.task
            FROM resources r LEFT JOIN tasks t ON t.id=r.task
            WHERE r.release_ns IS NOT NULL ORDER BY r.release_ns DESC, r.rowid;
        CREATE VIEW leaks AS
            SELECT r.kind, r.name, t.path, r.acquired_ns, r.end_ns AS released_ns, r.id AS resource, r.task
            FROM resources r LEFT JOIN tasks t ON t.id=r.task WHERE r.outcome='leaked' ORDER BY r.end_ns;
        CREATE VIEW abandoned_tasks AS
            SELECT t.path, t.end_ns AS abandoned_ns, t.cancelled_ns, t.overdue_ns, t.returned_ns, t.cause,
                (SELECT group_concat(r.name,', ') FROM resources r
                 WHERE r.task=t.id AND r.quarantined_ns IS NOT NULL) AS kept, t.id AS task
            FROM tasks t WHERE t.outcome='abandoned' ORDER BY t.end_seq;
        CREATE VIEW failures AS
            SELECT 'task' AS failed, coalesce(error_type,'') AS error_type, coalesce(error,'') AS error, path,
                end_ns AS t_ns, id AS task
            FROM tasks WHERE outcome='failed'
            UNION ALL
            SELECT iif(r.outcome='notAcquired','acquire','release'), r.error_type, r.error, t.path, r.end_ns, r.task
            FROM resources r LEFT JOIN tasks t ON t.id=r.task WHERE r.error_type IS NOT NULL;
        CREATE VIEW failures_by_kind AS
            SELECT failed, error_type, count, error AS first_error, path AS first_path, t_ns AS first_ns, last_ns FROM (
                SELECT *, count(*) OVER kind AS count, max(t_ns) OVER kind AS last_ns,
                    row_number() OVER (kind ORDER BY t_ns) AS place
                FROM failures WINDOW kind AS (PARTITION BY failed, error_type))
            WHERE place=1 ORDER BY count DESC;
        CREATE VIEW live_tasks AS
            SELECT seq, t_ns, sum(change) OVER (ORDER BY seq, t_ns ROWS UNBOUNDED PRECEDING) AS live FROM (
                SELECT start_seq AS seq, start_ns AS t_ns, 1 AS change FROM tasks
                UNION ALL SELECT end_seq, end_ns, -1 FROM tasks WHERE end_seq IS NOT NULL)
            ORDER BY seq, t_ns;
        CREATE VIEW cascade_summary AS
            SELECT c.id AS cascade, c.path, c.cause, c.requested_ns, c.duration_ns/1e6 AS milliseconds, c.tasks,
                c.resources, c.failed, c.timed_out, c.abandoned,
                (SELECT count(*) FROM tasks t WHERE t.cascade=c.id AND t.overdue_ns IS NOT NULL) AS overdue,
                (SELECT t.path FROM tasks t WHERE t.cascade=c.id AND t.id<>c.task AND t.end_seq IS NOT NULL
                 ORDER BY t.end_seq DESC LIMIT 1) AS last_below
            FROM cascades c ORDER BY c.requested_ns;
        COMMIT;

        """
}
