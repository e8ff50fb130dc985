-- From raw records to facts and people.

-- When an event happened by the client's clock, corrected by how wrong that was when the client sent the event.
CREATE VIEW claimed_events AS
SELECT *, COALESCE(received_at - (sent_at - `timestamp`), `timestamp`, received_at) AS claimed
FROM raw_events
WHERE type IN ('track', 'page', 'screen', 'identify', 'group', 'alias')
  AND (user_id IS NOT NULL OR anonymous_id IS NOT NULL);

-- Usable events. What can't be true happened when it was received.
CREATE VIEW events AS
SELECT
    COALESCE(message_id, MD5(CONCAT_WS('|', type, event, user_id, anonymous_id, CAST(claimed AS STRING), properties))) AS message_id,
    type,
    COALESCE(event, '') AS event,
    user_id,
    anonymous_id,
    CAST(TO_TIMESTAMP_LTZ(
        CASE WHEN claimed < 0 OR claimed > received_at + 3600000 THEN received_at ELSE claimed END, 3) AS TIMESTAMP(3)) AS happened,
    properties,
    context,
    arrival
FROM claimed_events;

-- Events without copies, with what is read of their JSON: before the copies are dropped, so that no JSON is shuffled.
CREATE VIEW facts AS
SELECT happened, type, event, page, currency, revenue
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY message_id ORDER BY arrival) AS copy
    FROM (
        SELECT
            message_id,
            happened,
            type,
            event,
            CASE WHEN type = 'page'
                THEN COALESCE(JSON_VALUE(context, '$.page.path'), JSON_VALUE(properties, '$.path'), '') END AS page,
            CASE WHEN type = 'track' AND event = 'Order Completed'
                THEN COALESCE(JSON_VALUE(properties, '$.currency'), '') END AS currency,
            CASE WHEN type = 'track' AND event = 'Order Completed'
                THEN TRY_CAST(COALESCE(JSON_VALUE(properties, '$.revenue'), JSON_VALUE(properties, '$.total')) AS DECIMAL(18, 6)) END AS revenue,
            arrival
        FROM events))
WHERE copy = 1;

-- Whose a device is: the first user's, by when the events happened, not by when they came.
CREATE VIEW owners AS
SELECT anonymous_id, user_id
FROM (
    SELECT anonymous_id, user_id,
        ROW_NUMBER() OVER (PARTITION BY anonymous_id ORDER BY happened, user_id) AS place
    FROM events
    WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL)
WHERE place = 1;

-- Who was there in which minute, as events name them. A copy changes nothing here: no need to drop it first.
CREATE VIEW presences AS
SELECT DISTINCT
    FLOOR(happened TO MINUTE) AS `minute`,
    user_id,
    CASE WHEN user_id IS NULL THEN anonymous_id END AS anonymous_id
FROM events;

-- The same, as people: a known user is one, an unknown device becomes its owner as soon as that is known.
CREATE VIEW people AS
SELECT `minute`, user_id AS person
FROM presences
WHERE user_id IS NOT NULL
UNION ALL
SELECT presences.`minute`, COALESCE(owners.user_id, presences.anonymous_id)
FROM presences LEFT JOIN owners ON presences.anonymous_id = owners.anonymous_id
WHERE presences.user_id IS NULL;

-- Who took which step of the funnel on which day, as events name them.
CREATE VIEW steps AS
SELECT DISTINCT
    FLOOR(happened TO DAY) AS `day`,
    event AS step,
    user_id,
    CASE WHEN user_id IS NULL THEN anonymous_id END AS anonymous_id
FROM events
WHERE type = 'track' AND event IN ('Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed');

-- The same, as people.
CREATE VIEW people_at_steps AS
SELECT `day`, step, user_id AS person
FROM steps
WHERE user_id IS NOT NULL
UNION ALL
SELECT steps.`day`, steps.step, COALESCE(owners.user_id, steps.anonymous_id)
FROM steps LEFT JOIN owners ON steps.anonymous_id = owners.anonymous_id
WHERE steps.user_id IS NULL;
