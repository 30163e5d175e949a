/*
 * probe - static probes (USDT) of the provider "replyd", where bpftrace, perf or SystemTap can look
 * at a server that runs: an instruction that does nothing, and a note in the program. With
 * sys/sdt.h alone; else they are nothing. Arguments are numbers.
 *
 *     accepted   connection, descriptor
 *     queued     connection, descriptor
 *     started    connection, microseconds in the queue
 *     read       connection, the exchange's number on it
 *     performed  connection, microseconds in the handler
 *     sent       connection, status, microseconds since the request arrived
 *     parked     connection, descriptor
 *     shed       connection, reason (tbl/close_reason.h, counted from 0)
 *     closed     connection, reason
 */
#ifndef RD_OBSERVE_PROBE_H
#define RD_OBSERVE_PROBE_H

#include "config.h"

#ifdef HAVE_PROBES
#include <sys/sdt.h>
#define RD_PROBE2(name, a, b)	 DTRACE_PROBE2(replyd, name, a, b)
#define RD_PROBE3(name, a, b, c) DTRACE_PROBE3(replyd, name, a, b, c)
#else
#define RD_PROBE2(name, a, b)	 ((void)(a), (void)(b))
#define RD_PROBE3(name, a, b, c) ((void)(a), (void)(b), (void)(c))
#endif

#endif
