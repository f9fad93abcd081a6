/* test_stop_policy.c - the bounds of a stop. */
#include "process/stop_policy.h"

#include "kit.h"

enum { TOLD = 100, SLACK_MS = 1000 /* of a busy machine */ };

START_TEST(the_bounds_stay_within_what_an_engine_waits)
{
    ck_assert_int_le(STOP_BUDGET + KILL_TIMEOUT, ENGINE_TIMEOUT);
    ck_assert_int_lt(GRACE_DEFAULT, STOP_BUDGET);
}
END_TEST

START_TEST(a_stopped_process_is_continued_until_its_deadline_and_as_long_as_an_engine_waits)
{
    ck_assert_int_eq(stop_continue_until(TOLD, NEVER), TOLD + ENGINE_TIMEOUT);
    ck_assert_int_eq(stop_continue_until(TOLD, TOLD + 1), TOLD + ENGINE_TIMEOUT);
    ck_assert_int_eq(stop_continue_until(TOLD, TOLD + 2 * ENGINE_TIMEOUT),
                     TOLD + 2 * ENGINE_TIMEOUT);
}
END_TEST

START_TEST(a_stopped_process_is_continued_at_intervals)
{
    milliseconds next = 0;
    ck_assert(stop_may_continue(TOLD, &next));
    ck_assert(!stop_may_continue(TOLD + CONTINUE_AGAIN_MS - 1, &next));
    ck_assert_int_eq(next, TOLD + CONTINUE_AGAIN_MS);
    ck_assert(stop_may_continue(TOLD + CONTINUE_AGAIN_MS, &next));
    ck_assert_int_eq(next, TOLD + 2 * CONTINUE_AGAIN_MS);
}
END_TEST

START_TEST(a_process_that_may_not_be_signalled_has_no_more_than_the_budget)
{
    ck_assert_int_eq(stop_deadline_refused(TOLD, NEVER), TOLD + STOP_BUDGET);
    ck_assert_int_eq(stop_deadline_refused(TOLD, TOLD + STOP_BUDGET + 1), TOLD + STOP_BUDGET);
    ck_assert_int_eq(stop_deadline_refused(TOLD, TOLD + 1), TOLD + 1);
}
END_TEST

static void check_grace(milliseconds used, milliseconds grace, milliseconds left)
{
    milliseconds got = stop_grace_left(clock_now() - used, grace);
    ck_assert_int_le(got, left);
    ck_assert_int_ge(got, left > SLACK_MS ? left - SLACK_MS : 0);
}

START_TEST(the_grace_period_is_what_is_left_of_the_budget)
{
    ck_assert_int_eq(stop_grace_left(NEVER, GRACE_DEFAULT), GRACE_DEFAULT);
    check_grace(0, GRACE_DEFAULT, GRACE_DEFAULT);
    check_grace(STOP_BUDGET - 2 * SLACK_MS, GRACE_DEFAULT, 2 * SLACK_MS);
    check_grace(STOP_BUDGET, GRACE_DEFAULT, 0);
    ck_assert_int_eq(stop_grace_left(clock_now() - ENGINE_TIMEOUT, GRACE_DEFAULT), GRACE_DEFAULT);
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "stop_policy", the_bounds_stay_within_what_an_engine_waits,
        a_stopped_process_is_continued_until_its_deadline_and_as_long_as_an_engine_waits,
        a_stopped_process_is_continued_at_intervals,
        a_process_that_may_not_be_signalled_has_no_more_than_the_budget,
        the_grace_period_is_what_is_left_of_the_budget);
}
