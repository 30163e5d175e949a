/*
 * date - the dates of HTTP, to and from seconds since 1970.
 * Never:   asks the system for the time, its zone or its locale.
 */
#include "codec/date.h"

#include <string.h>

#define DAY   86400
#define FIRST INT64_C(-62167219200) /* 0000-01-01 00:00:00 */
#define LAST  INT64_C(253402300799) /* 9999-12-31 23:59:59 */

/* Years begin in March here, so that a leap day is the last day of its year. */
#define EPOCH 719468 /* days from 0000-03-01 to 1970-01-01 */
static const short month_begins[12] = { 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337 };

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char days[7][10] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
				  "Thursday", "Friday", "Saturday" };

static int date_least(int a, int b)
{
	return a < b ? a : b;
}

/* Days from 1970-01-01 to a day of the calendar. */
static int64_t date_days(int year, int month, int day)
{
	int m = (month + 9) % 12;
	int64_t y = year - (month < 3) + 400; /* never negative below */

	return y * 365 + y / 4 - y / 100 + y / 400 + month_begins[m] + day - 1 - EPOCH - 146097;
}

static int64_t date_join(const struct rd_date *d)
{
	return date_days(d->year, d->month, d->day) * DAY + d->hour * 3600 + d->minute * 60 +
	       d->second;
}

void rd_date_split(int64_t t, struct rd_date *d)
{
	if (t < FIRST)
		t = FIRST;
	if (t > LAST)
		t = LAST;

	/* Counted from 400 years early, so that nothing below is negative. */
	int64_t since = t + (EPOCH + INT64_C(146097)) * DAY;
	int n = (int)(since / DAY), s = (int)(since % DAY);

	d->weekday = (n + 3) % 7;
	d->hour = s / 3600;
	d->minute = s / 60 % 60;
	d->second = s % 60;

	int eras = n / 146097;
	n %= 146097;
	int centuries = date_least(n / 36524, 3);
	n -= centuries * 36524;
	int fours = n / 1461;
	n %= 1461;
	int ones = date_least(n / 365, 3);
	n -= ones * 365;

	int m = 11;
	while (month_begins[m] > n)
		m--;
	d->day = n - month_begins[m] + 1;
	d->month = m < 10 ? m + 3 : m - 9;
	d->year = (eras - 1) * 400 + centuries * 100 + fours * 4 + ones + (m >= 10);
}

static void date_two(char *out, int value)
{
	out[0] = (char)('0' + value / 10);
	out[1] = (char)('0' + value % 10);
}

void rd_date_format(int64_t unix_seconds, char out[RD_DATE_SIZE])
{
	struct rd_date d;

	rd_date_split(unix_seconds, &d);
	memcpy(out, "Sun, 06 Nov 1994 08:49:37 GMT", RD_DATE_SIZE);
	memcpy(out, days[d.weekday], 3);
	date_two(out + 5, d.day);
	memcpy(out + 8, months[d.month - 1], 3);
	date_two(out + 12, d.year / 100);
	date_two(out + 14, d.year % 100);
	date_two(out + 17, d.hour);
	date_two(out + 20, d.minute);
	date_two(out + 23, d.second);
}

/* What is left to read; `bad` once something did not fit, and then nothing moves any more. */
struct reader {
	const char *at, *end;
	bool bad;
};

static void date_skip(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if (r->bad || (size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
		r->bad = true;
	else
		r->at += n;
}

static int date_number(struct reader *r, int digits)
{
	int value = 0;

	if (r->bad || r->end - r->at < digits) {
		r->bad = true;
		return 0;
	}
	while (digits-- > 0) {
		char c = *r->at++;
		if (c < '0' || c > '9')
			r->bad = true;
		value = value * 10 + (c - '0');
	}
	return r->bad ? 0 : value;
}

static int date_month(struct reader *r)
{
	if (!r->bad && r->end - r->at >= 3)
		for (int m = 0; m < 12; m++)
			if (memcmp(r->at, months[m], 3) == 0) {
				r->at += 3;
				return m + 1;
			}
	r->bad = true;
	return 0;
}

static void date_time(struct reader *r, struct rd_date *d)
{
	d->hour = date_number(r, 2);
	date_skip(r, ":");
	d->minute = date_number(r, 2);
	date_skip(r, ":");
	d->second = date_number(r, 2);
}

/* "06 Nov 1994 08:49:37 GMT" */
static void date_fixdate(struct reader *r, struct rd_date *d)
{
	d->day = date_number(r, 2);
	date_skip(r, " ");
	d->month = date_month(r);
	date_skip(r, " ");
	d->year = date_number(r, 4);
	date_skip(r, " ");
	date_time(r, d);
	date_skip(r, " GMT");
}

/* "06-Nov-94 08:49:37 GMT" */
static void date_rfc850(struct reader *r, struct rd_date *d, int64_t now)
{
	struct rd_date limit;

	d->day = date_number(r, 2);
	date_skip(r, "-");
	d->month = date_month(r);
	date_skip(r, "-");
	d->year = date_number(r, 2);
	date_skip(r, " ");
	date_time(r, d);
	date_skip(r, " GMT");
	if (r->bad)
		return;

	rd_date_split(now, &limit);
	limit.year += 50;
	d->year += (limit.year - d->year) / 100 * 100;
	if (date_join(d) > date_join(&limit))
		d->year -= 100;
}

/* "Nov  6 08:49:37 1994" */
static void date_asctime(struct reader *r, struct rd_date *d)
{
	d->month = date_month(r);
	date_skip(r, " ");
	if (r->at < r->end && *r->at == ' ') {
		date_skip(r, " ");
		d->day = date_number(r, 1);
	} else {
		d->day = date_number(r, 2);
	}
	date_skip(r, " ");
	date_time(r, d);
	date_skip(r, " ");
	d->year = date_number(r, 4);
}

/* Whether there is such a day and time. Second 60 is a leap second. */
static bool date_exists(const struct rd_date *d)
{
	if (d->year < 0 || d->day < 1 || d->hour > 23 || d->minute > 59 || d->second > 60)
		return false;

	int year = d->month < 12 ? d->year : d->year + 1;
	int month = d->month < 12 ? d->month + 1 : 1;
	return date_days(d->year, d->month, d->day) < date_days(year, month, 1);
}

bool rd_date_parse(const char *s, size_t n, int64_t now, int64_t *out)
{
	struct reader r;
	struct rd_date d = { 0 };
	const char *rest = NULL;

	if (n < 24) /* the shortest is asctime's */
		return false;
	for (int i = 0; i < 7; i++) {
		size_t whole = strlen(days[i]);
		if (memcmp(s, days[i], 3) != 0)
			continue;
		if (memcmp(s, days[i], whole) == 0 && s[whole] == ',')
			rest = s + whole;
		else if (s[3] == ',' || s[3] == ' ')
			rest = s + 3;
	}
	if (rest == NULL)
		return false;

	r = (struct reader){ rest, s + n, false };
	if (*rest == ' ') {
		date_skip(&r, " ");
		date_asctime(&r, &d);
	} else {
		date_skip(&r, ", ");
		if (rest == s + 3)
			date_fixdate(&r, &d);
		else
			date_rfc850(&r, &d, now);
	}
	if (r.bad || r.at != r.end || !date_exists(&d))
		return false;
	*out = date_join(&d);
	return true;
}
