-- What is measured, executed as one job. Windows are groups and not window functions: those drop what is late, and take
-- nothing back.

INSERT INTO peer_events
SELECT '1m', FLOOR(happened TO MINUTE), type, event, COUNT(*) FROM facts GROUP BY FLOOR(happened TO MINUTE), type, event;

INSERT INTO peer_events
SELECT '1h', FLOOR(happened TO HOUR), type, event, COUNT(*) FROM facts GROUP BY FLOOR(happened TO HOUR), type, event;

INSERT INTO peer_events
SELECT '1d', FLOOR(happened TO DAY), type, event, COUNT(*) FROM facts GROUP BY FLOOR(happened TO DAY), type, event;

INSERT INTO peer_orders
SELECT '1h', FLOOR(happened TO HOUR), currency, COUNT(*), SUM(revenue)
FROM facts WHERE currency IS NOT NULL GROUP BY FLOOR(happened TO HOUR), currency;

INSERT INTO peer_orders
SELECT '1d', FLOOR(happened TO DAY), currency, COUNT(*), SUM(revenue)
FROM facts WHERE currency IS NOT NULL GROUP BY FLOOR(happened TO DAY), currency;

INSERT INTO peer_page_views
SELECT '1h', FLOOR(happened TO HOUR), page, COUNT(*)
FROM facts WHERE page IS NOT NULL GROUP BY FLOOR(happened TO HOUR), page;

INSERT INTO peer_page_views
SELECT '1d', FLOOR(happened TO DAY), page, COUNT(*)
FROM facts WHERE page IS NOT NULL GROUP BY FLOOR(happened TO DAY), page;

-- Somebody is in the five windows that hold the minute.
INSERT INTO peer_people
SELECT '5m/1m', window_start, COUNT(*)
FROM (
    SELECT DISTINCT window_start, person
    FROM people CROSS JOIN UNNEST(ARRAY[
        `minute`,
        `minute` - INTERVAL '1' MINUTE,
        `minute` - INTERVAL '2' MINUTE,
        `minute` - INTERVAL '3' MINUTE,
        `minute` - INTERVAL '4' MINUTE]) AS windows (window_start))
GROUP BY window_start;

INSERT INTO peer_people
SELECT '1h', window_start, COUNT(*)
FROM (SELECT DISTINCT FLOOR(`minute` TO HOUR) AS window_start, person FROM people)
GROUP BY window_start;

INSERT INTO peer_people
SELECT '1d', window_start, COUNT(*)
FROM (SELECT DISTINCT FLOOR(`minute` TO DAY) AS window_start, person FROM people)
GROUP BY window_start;

INSERT INTO peer_shop_funnel
SELECT '1d', `day`, step, COUNT(*)
FROM (SELECT DISTINCT `day`, step, person FROM people_at_steps)
GROUP BY `day`, step;
