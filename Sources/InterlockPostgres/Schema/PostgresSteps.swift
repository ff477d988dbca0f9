/// The functions that take a step of a lock each, and are called by themselves.
///
/// | function | answer |
/// | --- | --- |
/// | `take` | `granted fence`; `queued rank ticket way`; `busy way`; `mixed recorded` |
/// | `claim` | `held fence` or `gone` |
/// | `renew` | a line for each: `ok`, `gone`, `reset` or `by token` |
/// | `release` | 1 when it was held, else 0 |
/// | `cancel` | 1 left the line, 2 gave a grant back, 0 neither |
/// | `poke` | `rank way`, with −1 for a token that is not in line |
/// | `force` | rows: token, mode, weight, permits, fence, left, reason; the error IL002 when that is not held |
/// | `ask` | 1 when it was held, else 0 |
/// | `raise` | `held fence` or `gone` |
/// | `change` | `held fence`, `shared` (others are inside) or `gone` |
/// | `inspect` | rows: name, and what there is |
/// | `sweep` | how many names were forgotten |
/// | `watch` | 1 when a session has ended, 0 when it has not within three seconds |
///
/// The error IL003 says that a transaction which has checked the fence goes on, so that no other can be given now.
///
/// Each does the same again when it is called again: what became of a lost call is found out by repeating it.
enum PostgresSteps {
  static let asking = """
    CREATE OR REPLACE FUNCTION interlock.take(
      n text, t text, m text, w integer, p integer, term integer, floor bigint, waits boolean,
      hint bigint, mine bigint, why text
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
      f bigint;
      place bigint;
      form text;
      is_free boolean;
      is_first boolean;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      is_free := NOT EXISTS (SELECT FROM interlock.holder WHERE name = n)
        AND NOT EXISTS (SELECT FROM interlock.waiter WHERE name = n);
      IF NOT is_free THEN
        -- It asks again. Of a connection that ended meanwhile, it goes on in this one.
        UPDATE interlock.holder SET session = mine
          WHERE name = n AND token = t AND ends > clock_timestamp();
        UPDATE interlock.waiter SET session = mine, is_told = false
          WHERE name = n AND token = t RETURNING ticket INTO place;
        PERFORM interlock.promote(n, mine);
        UPDATE interlock.holder SET ends = interlock.after(term)
          WHERE name = n AND token = t RETURNING fence INTO f;
        IF FOUND THEN RETURN 'granted ' || interlock.above(n, t, f, floor); END IF;
        IF place IS NULL AND m <> 'x' THEN
          SELECT CASE mode WHEN 's' THEN 'shared' ELSE permits::text END INTO form FROM (
            SELECT mode, permits FROM interlock.holder WHERE name = n AND mode <> 'x'
            UNION ALL SELECT mode, permits FROM interlock.waiter WHERE name = n AND mode <> 'x'
          ) others LIMIT 1;
          IF form <> (CASE m WHEN 's' THEN 'shared' ELSE p::text END) THEN
            RETURN 'mixed ' || form;
          END IF;
        END IF;
        is_free := place IS NULL AND NOT EXISTS (SELECT FROM interlock.waiter WHERE name = n)
          AND interlock.fits(n, m, w, p);
      END IF;
      IF is_free THEN
        f := interlock.mint(n, floor);
        IF f IS NOT NULL THEN
          INSERT INTO interlock.holder VALUES
            (n, t, m, w, p, f, mine, clock_timestamp(), interlock.after(term), why);
          RETURN 'granted ' || f;
        END IF;
      END IF;
      IF place IS NULL AND NOT waits THEN RETURN 'busy ' || interlock.in_the_way(n); END IF;
      IF place IS NULL THEN
        place := hint;
        IF hint = 0 THEN
          SELECT greatest(interlock.micros(), max(ticket) + 1) INTO place
            FROM interlock.waiter WHERE name = n;
        END IF;
        INSERT INTO interlock.waiter VALUES
          (n, place, t, m, w, p, term, floor, mine, clock_timestamp(), false, why);
        -- With its old place it may be the one whose turn it is.
        IF hint <> 0 THEN
          PERFORM interlock.promote(n, mine);
          UPDATE interlock.holder SET ends = interlock.after(term)
            WHERE name = n AND token = t RETURNING fence INTO f;
          IF FOUND THEN RETURN 'granted ' || f; END IF;
        END IF;
      END IF;
      is_first := NOT EXISTS (SELECT FROM interlock.waiter WHERE name = n AND ticket < place);
      IF is_first THEN UPDATE interlock.waiter SET is_told = true WHERE name = n AND ticket = place; END IF;
      RETURN concat_ws(' ', 'queued', CASE WHEN is_first THEN 0 ELSE 1 END, place,
        interlock.in_the_way(n));
    END $$;

    -- The fence of a holder, raised above a floor when it is not.
    CREATE OR REPLACE FUNCTION interlock.above(n text, t text, f bigint, floor bigint) RETURNS bigint
      LANGUAGE plpgsql AS $$
    DECLARE
      raised bigint;
    BEGIN
      IF f > floor THEN RETURN f; END IF;
      raised := interlock.mint(n, floor);
      IF raised IS NULL THEN
        RAISE EXCEPTION 'a transaction that has checked the fence of % goes on', n
          USING ERRCODE = 'IL003';
      END IF;
      UPDATE interlock.holder SET fence = raised WHERE name = n AND token = t;
      RETURN raised;
    END $$;

    CREATE OR REPLACE FUNCTION interlock.claim(n text, t text, term integer, floor bigint, mine bigint)
      RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
      f bigint;
    BEGIN
      UPDATE interlock.holder SET ends = interlock.after(term), session = mine
        WHERE name = n AND token = t AND ends > clock_timestamp() RETURNING fence INTO f;
      IF NOT FOUND THEN RETURN 'gone'; END IF;
      RETURN 'held ' || interlock.above(n, t, f, floor);
    END $$;

    CREATE OR REPLACE FUNCTION interlock.cancel(n text, t text, mine bigint) RETURNS integer
      LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      DELETE FROM interlock.waiter WHERE name = n AND token = t;
      IF FOUND THEN
        PERFORM interlock.promote(n, mine);
        RETURN 1;
      END IF;
      RETURN 2 * interlock.give_back(n, t, mine);
    END $$;

    CREATE OR REPLACE FUNCTION interlock.poke(n text, t text, mine bigint) RETURNS text
      LANGUAGE plpgsql AS $$
    DECLARE
      place bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      PERFORM interlock.promote(n, mine);
      SELECT ticket INTO place FROM interlock.waiter WHERE name = n AND token = t;
      RETURN concat_ws(' ',
        CASE WHEN place IS NULL THEN -1
          WHEN EXISTS (SELECT FROM interlock.waiter WHERE name = n AND ticket < place) THEN 1
          ELSE 0 END,
        interlock.in_the_way(n));
    END $$;

    """

  static let holding = """
    CREATE OR REPLACE FUNCTION interlock.give_back(n text, t text, mine bigint) RETURNS integer
      LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM interlock.holder WHERE name = n AND token = t AND ends > clock_timestamp();
      IF NOT FOUND THEN RETURN 0; END IF;
      IF EXISTS (SELECT FROM interlock.waiter WHERE name = n) THEN
        PERFORM interlock.promote(n, mine);
      END IF;
      RETURN 1;
    END $$;

    CREATE OR REPLACE FUNCTION interlock.release(n text, t text, mine bigint) RETURNS integer
      LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      RETURN interlock.give_back(n, t, mine);
    END $$;

    CREATE OR REPLACE FUNCTION interlock.renew(names text[], tokens text[], terms integer[])
      RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
      answers text[] := '{}';
      other text;
    BEGIN
      FOR i IN 1 .. coalesce(array_length(names, 1), 0) LOOP
        UPDATE interlock.holder SET ends = interlock.after(terms[i])
          WHERE name = names[i] AND token = tokens[i] AND ends > clock_timestamp();
        IF FOUND THEN
          answers := answers || 'ok'::text;
          CONTINUE;
        END IF;
        SELECT token INTO other FROM interlock.holder
          WHERE name = names[i] AND mode = 'x' AND token <> tokens[i];
        answers := answers || CASE WHEN FOUND THEN 'by ' || other
          WHEN EXISTS (SELECT FROM interlock.lock WHERE name = names[i]) THEN 'gone' ELSE 'reset' END;
      END LOOP;
      RETURN array_to_string(answers, chr(10));
    END $$;

    CREATE OR REPLACE FUNCTION interlock.raise(n text, t text, floor bigint) RETURNS text
      LANGUAGE plpgsql AS $$
    DECLARE
      f bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      PERFORM FROM interlock.holder WHERE name = n AND token = t AND ends > clock_timestamp();
      IF NOT FOUND THEN RETURN 'gone'; END IF;
      RETURN 'held ' || interlock.above(n, t, 0, floor);
    END $$;

    CREATE OR REPLACE FUNCTION interlock.change(n text, t text, m text, mine bigint) RETURNS text
      LANGUAGE plpgsql AS $$
    DECLARE
      h interlock.holder;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      SELECT * INTO h FROM interlock.holder
        WHERE name = n AND token = t AND ends > clock_timestamp();
      IF NOT FOUND THEN RETURN 'gone'; END IF;
      IF h.mode = m THEN RETURN 'held ' || h.fence; END IF;
      IF m = 's' THEN
        UPDATE interlock.holder SET mode = 's' WHERE name = n AND token = t;
        PERFORM interlock.promote(n, mine);
        RETURN 'held ' || h.fence;
      END IF;
      DELETE FROM interlock.holder o WHERE o.name = n AND o.token <> t
        AND (o.ends <= clock_timestamp() OR interlock.is_dead(o.session, mine));
      IF EXISTS (SELECT FROM interlock.holder WHERE name = n AND token <> t) THEN RETURN 'shared'; END IF;
      UPDATE interlock.holder SET mode = 'x' WHERE name = n AND token = t;
      RETURN 'held ' || interlock.above(n, t, 0, h.fence);
    END $$;

    """

  static let questions = """
    CREATE OR REPLACE FUNCTION interlock.force(n text, t text, by text, why text, mine bigint)
      RETURNS SETOF text LANGUAGE plpgsql AS $$
    DECLARE
      h interlock.holder;
      has_ended boolean := false;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(n, 7));
      FOR h IN DELETE FROM interlock.holder WHERE name = n AND (t IS NULL OR token = t) RETURNING * LOOP
        has_ended := true;
        PERFORM pg_notify('il_' || h.session, concat_ws(' ', 'r', h.token, by, why));
        RETURN NEXT concat_ws(' ', h.token, h.mode, h.weight, h.permits, h.fence,
          interlock.millis(h.ends), h.reason);
      END LOOP;
      IF NOT has_ended THEN RAISE EXCEPTION 'not held' USING ERRCODE = 'IL002'; END IF;
      IF interlock.mint(n, 0) IS NULL THEN
        RAISE EXCEPTION 'a transaction that has checked the fence of % goes on', n
          USING ERRCODE = 'IL003';
      END IF;
      PERFORM interlock.promote(n, mine);
    END $$;

    -- Forgets what nobody has used for long: a name gets a greater fence all the same, by the clock. One that was raised
    -- above the clock is kept.
    CREATE OR REPLACE FUNCTION interlock.sweep() RETURNS integer LANGUAGE plpgsql AS $$
    DECLARE
      swept integer;
    BEGIN
      DELETE FROM interlock.holder WHERE ends < clock_timestamp() - interval '1 day';
      DELETE FROM interlock.waiter
        WHERE since < clock_timestamp() - interval '1 day' AND interlock.is_dead(session, 0);
      DELETE FROM interlock.lock WHERE ctid = ANY (ARRAY(
        SELECT l.ctid FROM interlock.lock l WHERE l.fence < interlock.micros() - 2592000000000
          AND NOT EXISTS (SELECT FROM interlock.holder h WHERE h.name = l.name)
          AND NOT EXISTS (SELECT FROM interlock.waiter w WHERE w.name = l.name)
          LIMIT 10000 FOR UPDATE SKIP LOCKED));
      GET DIAGNOSTICS swept = ROW_COUNT;
      RETURN swept;
    END $$;

    -- Whether the connection that keeps a number ends within some seconds.
    CREATE OR REPLACE FUNCTION interlock.watch(theirs bigint) RETURNS integer LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM set_config('lock_timeout', '3s', true);
      PERFORM pg_advisory_xact_lock_shared(theirs);
      RETURN 1;
    EXCEPTION WHEN lock_not_available THEN
      RETURN 0;
    END $$;

    CREATE OR REPLACE FUNCTION interlock.ask(n text, t text, by text, why text) RETURNS integer
      LANGUAGE plpgsql AS $$
    DECLARE
      theirs bigint;
    BEGIN
      SELECT session INTO theirs FROM interlock.holder
        WHERE name = n AND token = t AND ends > clock_timestamp();
      IF NOT FOUND THEN RETURN 0; END IF;
      PERFORM pg_notify('il_' || theirs, concat_ws(' ', 'y', t, by, why));
      RETURN 1;
    END $$;

    -- All names for none; an empty line for a name that is only remembered.
    CREATE OR REPLACE FUNCTION interlock.inspect(n text, mine bigint)
      RETURNS TABLE (name text, entry text) LANGUAGE sql VOLATILE AS $$
      SELECT l.name, concat_ws(' ', 'f', l.fence) FROM interlock.lock l WHERE n IS NULL OR l.name = n
      UNION ALL SELECT * FROM (
        SELECT h.name, concat_ws(' ', 'h', h.token, h.mode, h.weight, h.permits, h.fence,
          CASE WHEN interlock.is_dead(h.session, mine) THEN 'dead' ELSE 'alive' END,
          interlock.millis(clock_timestamp() + (clock_timestamp() - h.since)),
          interlock.millis(h.ends), h.reason)
        FROM interlock.holder h WHERE n IS NULL OR h.name = n ORDER BY h.name, h.fence
      ) holders
      UNION ALL SELECT * FROM (
        SELECT w.name, concat_ws(' ', 'w', w.token, w.mode, w.weight, w.permits, w.ticket,
          CASE WHEN interlock.is_dead(w.session, mine) THEN 'dead' ELSE 'alive' END,
          interlock.millis(clock_timestamp() + (clock_timestamp() - w.since)), 0, w.reason)
        FROM interlock.waiter w WHERE n IS NULL OR w.name = n ORDER BY w.name, w.ticket
      ) waiters
    $$;

    """
}
