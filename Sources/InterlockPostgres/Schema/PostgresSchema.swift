/// What a database has for locks: three tables, and a function for each step of a lock.
///
/// One transaction takes one step: a lock on the name, held to the end of the transaction, is what makes it one.
///
/// | table | content |
/// | --- | --- |
/// | `interlock.lock` | for each name the last fence; what a transaction that writes checks and keeps |
/// | `interlock.holder` | who holds, from when until when, in which session |
/// | `interlock.waiter` | who waits, by ticket |
///
/// A session is a number drawn for one connection, which keeps an advisory lock on it for as long as it lives: a session whose
/// number can be locked is dead, and what it held is free. Nobody has to be told, and no time has to pass.
///
/// Holders and waiters are in tables that a crash of the server empties: their sessions are gone then. Fences are kept, and
/// are made of the time as well.
enum PostgresSchema {
  /// Counts up whenever what follows changes.
  static let version = 1

  /// Creates it, or brings it up to date; several statements, for one transaction.
  static var creation: String {
    [
      // Two clients that find nothing do not both create it.
      "SELECT pg_advisory_xact_lock(7235127);",
      "CREATE SCHEMA IF NOT EXISTS interlock;", tables, helpers, PostgresSteps.asking,
      PostgresSteps.holding, PostgresSteps.questions,
      """
      CREATE OR REPLACE FUNCTION interlock.version() RETURNS integer LANGUAGE sql IMMUTABLE
        AS $$ SELECT \(version) $$;
      """,
    ].joined(separator: "\n")
  }

  private static let tables = """
    CREATE TABLE IF NOT EXISTS interlock.lock (
      name text COLLATE "C" PRIMARY KEY,
      fence bigint NOT NULL
    ) WITH (fillfactor = 50);
    CREATE UNLOGGED TABLE IF NOT EXISTS interlock.holder (
      name text COLLATE "C" NOT NULL,
      token text COLLATE "C" NOT NULL,
      mode text NOT NULL,
      weight integer NOT NULL,
      permits integer NOT NULL,
      fence bigint NOT NULL,
      session bigint NOT NULL,
      since timestamptz NOT NULL,
      ends timestamptz NOT NULL,
      reason text NOT NULL,
      PRIMARY KEY (name, token)
    );
    CREATE UNLOGGED TABLE IF NOT EXISTS interlock.waiter (
      name text COLLATE "C" NOT NULL,
      ticket bigint NOT NULL,
      token text COLLATE "C" NOT NULL,
      mode text NOT NULL,
      weight integer NOT NULL,
      permits integer NOT NULL,
      term integer NOT NULL,
      floor bigint NOT NULL,
      session bigint NOT NULL,
      since timestamptz NOT NULL,
      is_told boolean NOT NULL,
      reason text NOT NULL,
      PRIMARY KEY (name, ticket),
      UNIQUE (name, token)
    );

    """

  private static let helpers = """
    CREATE OR REPLACE FUNCTION interlock.micros() RETURNS bigint LANGUAGE sql VOLATILE
      AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;

    -- How long it is from now, in milliseconds.
    CREATE OR REPLACE FUNCTION interlock.millis(until timestamptz) RETURNS bigint LANGUAGE sql VOLATILE
      AS $$ SELECT greatest(0, extract(epoch FROM until - clock_timestamp()) * 1000)::bigint $$;

    CREATE OR REPLACE FUNCTION interlock.after(term integer) RETURNS timestamptz LANGUAGE sql VOLATILE
      AS $$ SELECT clock_timestamp() + term * interval '1 ms' $$;

    -- Nobody's connection keeps that number.
    CREATE OR REPLACE FUNCTION interlock.is_dead(theirs bigint, mine bigint) RETURNS boolean
      LANGUAGE sql VOLATILE
      AS $$ SELECT theirs <> mine AND pg_try_advisory_xact_lock_shared(theirs) $$;

    -- The next fence; nothing while a transaction that has checked the last one goes on.
    CREATE OR REPLACE FUNCTION interlock.mint(n text, above bigint) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      f bigint;
    BEGIN
      UPDATE interlock.lock l SET fence = greatest(l.fence + 1, above + 1, interlock.micros())
        FROM (SELECT ctid FROM interlock.lock WHERE name = n FOR NO KEY UPDATE SKIP LOCKED) unused
        WHERE l.ctid = unused.ctid RETURNING l.fence INTO f;
      IF NOT FOUND THEN
        INSERT INTO interlock.lock VALUES (n, greatest(above + 1, interlock.micros()))
          ON CONFLICT DO NOTHING RETURNING fence INTO f;
      END IF;
      RETURN f;
    END $$;

    CREATE OR REPLACE FUNCTION interlock.fits(n text, m text, w integer, p integer) RETURNS boolean
      LANGUAGE plpgsql AS $$
    BEGIN
      IF m = 'x' THEN RETURN NOT EXISTS (SELECT FROM interlock.holder WHERE name = n); END IF;
      IF EXISTS (SELECT FROM interlock.holder WHERE name = n AND mode <> m) THEN RETURN false; END IF;
      RETURN m = 's'
        OR (SELECT coalesce(sum(weight), 0) FROM interlock.holder WHERE name = n) + w <= p;
    END $$;

    -- Whether the name was locked by a transaction that has checked its fence.
    CREATE OR REPLACE FUNCTION interlock.is_checked(n text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
      SELECT EXISTS (SELECT FROM interlock.lock WHERE name = n)
        AND NOT EXISTS (SELECT FROM interlock.lock WHERE name = n FOR NO KEY UPDATE SKIP LOCKED)
    $$;

    -- Who is in the way, for whoever asks: left, session, mode, weight, permits, token, reason; and first
    -- whether its holder tells us when it lets go.
    CREATE OR REPLACE FUNCTION interlock.in_the_way(n text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
      h interlock.holder;
    BEGIN
      SELECT * INTO h FROM interlock.holder WHERE name = n ORDER BY ends DESC LIMIT 1;
      IF NOT FOUND THEN
        RETURN CASE WHEN interlock.is_checked(n) THEN 'f' ELSE 'o' END || ' -2 0 x 1 0 - ';
      END IF;
      RETURN concat_ws(' ', 'o', interlock.millis(h.ends), h.session, h.mode, h.weight, h.permits,
        h.token, h.reason);
    END $$;

    -- Gives the lock to whoever is next in line, as far as it is free; and tells who is first then that it is.
    CREATE OR REPLACE FUNCTION interlock.promote(n text, mine bigint) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      w interlock.waiter;
      f bigint;
    BEGIN
      DELETE FROM interlock.holder h
        WHERE h.name = n AND (h.ends <= clock_timestamp() OR interlock.is_dead(h.session, mine));
      LOOP
        SELECT * INTO w FROM interlock.waiter WHERE name = n ORDER BY ticket LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF interlock.is_dead(w.session, mine) THEN
          DELETE FROM interlock.waiter WHERE name = n AND ticket = w.ticket;
          CONTINUE;
        END IF;
        f := NULL;
        IF interlock.fits(n, w.mode, w.weight, w.permits) THEN
          f := interlock.mint(n, w.floor);
        END IF;
        IF f IS NULL THEN
          UPDATE interlock.waiter SET is_told = true
            WHERE name = n AND ticket = w.ticket AND NOT is_told;
          IF FOUND OR NOT EXISTS (SELECT FROM interlock.holder WHERE name = n) THEN
            PERFORM pg_notify('il_' || w.session, concat_ws(' ', 'h', w.token, interlock.in_the_way(n)));
          END IF;
          EXIT;
        END IF;
        DELETE FROM interlock.waiter WHERE name = n AND ticket = w.ticket;
        -- Whoever has stopped and does not say that it has heard of it loses no more than this.
        INSERT INTO interlock.holder VALUES (n, w.token, w.mode, w.weight, w.permits, f, w.session,
          clock_timestamp(), interlock.after(least(w.term, 3000)), w.reason);
        PERFORM pg_notify('il_' || w.session, concat_ws(' ', 'g', w.token, f));
      END LOOP;
    END $$;

    -- What a transaction calls that writes under a lock: no grant is given, and none taken away, before it has ended.
    CREATE OR REPLACE FUNCTION interlock.check_fence(lock_name text, lock_fence bigint) RETURNS void
      LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM FROM interlock.lock WHERE name = lock_name AND fence = lock_fence FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the lock % is not held under the fence %', lock_name, lock_fence
          USING ERRCODE = 'IL001', HINT = 'it was granted to another since, or taken away';
      END IF;
    END $$;

    """
}
