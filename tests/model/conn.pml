/*
 * conn - the hand-over of one slot, as src/flow/conn.c has it, between main, two workers, a client,
 * and a thread that completes a detached exchange. Names are those of the sources. spin looks at
 * every order of their steps, in which are proved:
 *
 *   - no event is lost: a connection is never parked while what it waits for is there, and nobody
 *     is about to be told (never_lost);
 *   - none is held by two, and no slot is used by one who does not hold it (asserts).
 *
 * Each of these leaves out a rule, and spin finds what it is for:
 *
 *   -DNO_AGAIN  an event that comes while the queue or a worker has it is forgotten
 *   -DNO_TWICE  the stream's end behind bytes is looked for once
 *   -DNO_MAIN   so is one that comes while another thread has it as main, on the way to the queue
 *   -DNO_END    a detached reply's wake says nothing of an end that came meanwhile
 *   -DNO_CLAIM  main takes what is late without asking whether its worker is done meanwhile
 *   -DNO_WAIT   a worker that lost its connection goes on while main still looks at its turn
 *
 * What is atomic here is one instruction there, or touches nothing that others look at.
 */
#define OWN_NONE   0 /* enum rd_owner */
#define OWN_MAIN   1
#define OWN_QUEUE  2
#define OWN_WORKER 3
#define OWN_PARKED 4
#define OWNER	   15

#define AGAIN 16
#define TWICE 32

#ifdef NO_AGAIN
#define SET_AGAIN 0
#else
#define SET_AGAIN AGAIN
#endif
#ifdef NO_TWICE
#define SET_TWICE 0
#else
#define SET_TWICE TWICE
#endif

#define EPOLLIN	   1
#define EPOLLOUT   2
#define EPOLLRDHUP 4
#define EPOLLERR   8

#ifdef NO_END
#define WAKE EPOLLERR
#else
#define WAKE (EPOLLERR | EPOLLRDHUP)
#endif

#define RD_WANTS_READ  1 /* enum rd_verdict */
#define RD_WANTS_WRITE 2
#define RD_WANTS_REPLY 3
#define RD_MORE	       4
#define RD_CLOSE       5
#define RD_TAKEN       6
#define GO_ON	       0

#define KEPT_OUT      1 /* what session keeps: what is on its way ... */
#define KEPT_DETACHED 2 /* ... or an exchange that another thread has */

/* struct rd_conn */
byte state = OWN_NONE;
byte want, session;
bool registered, expired;

/* The kernel's: the socket of that descriptor, and whether epoll has an edge of it to report. */
bool backlog, fd, unread, ended, blocked, edge;

byte queued;  /* entries of the queue that are this slot */
byte seen;    /* events that epoll_wait gave main, and main has not looked at */
byte holders; /* who believe that it is theirs */

/* struct rd_claim of the workers: src/flow/claim.c. */
#define NOT_OFFERED 0
#define OFFERED	    1
#define TAKEN	    2
byte late_us[2];
bool turn[2]; /* what it had in the handler is still there */
bool pool_lock;

/* struct rd_detached */
bool detached, d_conn, d_complete, detach_lock;
bool waking; /* its thread is about to call rd_pool_wake */

inline hold()
{
	holders++;
	assert(holders == 1)
}

#define USE assert(holders == 1 && fd)

/* src/flow/conn.c. A loop around a compare-and-swap is one step, when it succeeds. */

inline rd_conn_pass(from, to)
{
	atomic {
		s = state;
		assert((s & OWNER) == from);
		passed = to != OWN_PARKED || !(s & (AGAIN | TWICE));
		if
		:: passed ->
			state = to | (s & ~OWNER);
			if
			:: to == OWN_QUEUE || to == OWN_PARKED -> holders--
			:: else -> hold()
			fi
		:: else
		fi
	}
	if
	:: atomic { !passed -> state = state & ~((s & TWICE) -> TWICE : AGAIN); s = 0 }
	:: atomic { passed -> s = 0 }
	fi
}

#define WANTED                                                                                     \
	(want == RD_WANTS_READ -> EPOLLIN | EPOLLRDHUP :                                           \
				  (want == RD_WANTS_WRITE -> EPOLLOUT : EPOLLRDHUP))

#ifdef NO_MAIN
#define NOTES(owner) (owner == OWN_QUEUE || owner == OWN_WORKER)
#else
#define NOTES(owner) (owner == OWN_QUEUE || owner == OWN_WORKER || owner == OWN_MAIN)
#endif

inline rd_conn_event(events)
{
	do
	:: atomic {
		(state & OWNER) != OWN_PARKED ->
		if
		:: NOTES((state & OWNER)) ->
			state = state | SET_AGAIN | ((events & EPOLLRDHUP) -> SET_TWICE : 0)
		:: else
		fi;
		passed = false;
		break
	   }
	:: (state & OWNER) == OWN_PARKED ->
		if
		:: atomic { !(events & (WANTED | EPOLLERR)) -> passed = false; break }
		:: events & (WANTED | EPOLLERR)
		fi;
		atomic {
			if
			:: state == OWN_PARKED ->
				state = OWN_MAIN | ((events & EPOLLRDHUP) -> SET_AGAIN : 0);
				hold();
				passed = true;
				break
			:: else
			fi
		}
	od
}

/* The client. */

inline socket_edge()
{
	edge = registered
}

proctype client()
{
	byte connections = 0, sent = 0;

	do
	:: connections < 2 ->
		atomic { backlog = true; connections++ };
		!backlog;
		do
		:: atomic { fd && !ended && sent < 2 -> unread = true; sent++; socket_edge() }
		:: atomic { fd && !ended -> ended = true; socket_edge() }
		:: atomic { fd && blocked -> blocked = false; socket_edge() }
		:: !fd -> break
		od
	:: connections == 2 -> break
	od
}

inline lock_detach()
{
	atomic { !detach_lock -> detach_lock = true }
}

inline rd_conn_close()
{
	if
	:: session == KEPT_DETACHED -> /* rd_detach_forget */
		lock_detach();
		atomic { USE; session = 0; d_conn = false; detached = !d_complete; d_complete = false;
			detach_lock = false }
	:: else -> session = 0
	fi;
	atomic { USE; holders--; state = OWN_NONE }
	atomic {
		fd = false; edge = false; unread = false; ended = false; blocked = false;
		registered = false; expired = false; want = 0
	}
}

/* Main: src/flow/acceptor.c. */

inline acceptor_accept()
{
	atomic {
		backlog && !fd -> backlog = false; fd = true
	}
	atomic { /* rd_conn_open */
		assert(state == OWN_NONE);
		hold();
		state = OWN_MAIN;
		ready = true
	}
}

inline acceptor_push()
{
	if
	:: ready ->
		rd_conn_pass(OWN_MAIN, OWN_QUEUE);
		atomic { ready = false; queued++ }
	:: else
	fi
}

inline acceptor_sweep()
{
	atomic { state == OWN_PARKED -> state = OWN_MAIN; hold() } /* rd_conn_take */
	if
	:: expired = true; ready = true
	:: rd_conn_pass(OWN_MAIN, OWN_PARKED); ready = !passed /* it was parked anew */
	fi
}

/* Of a handler whose time is over: src/flow/stuck.c. It is answered for, and closed. */
inline stuck_one(w)
{
	atomic { late_us[w] == OFFERED && !pool_lock -> pool_lock = true }
#ifdef NO_CLAIM
	taken = true;
	late_us[w] = TAKEN;
#else
	atomic { /* rd_claim_take */
		taken = late_us[w] == OFFERED;
		late_us[w] = (taken -> TAKEN : late_us[w])
	}
#endif
	if
	:: taken ->
		atomic { hold(); assert(turn[w]) } /* the protocol's take looks at the turn */
		pool_lock = false;
		rd_conn_close()
	:: else -> pool_lock = false
	fi;
	taken = false
}

proctype acceptor()
{
	byte s;
	bool passed, ready, taken;

end:	do
	:: atomic { /* epoll_wait */
		edge -> edge = false;
		seen = (unread || ended -> EPOLLIN : 0) | (ended -> EPOLLRDHUP : 0) |
		       (blocked -> 0 : EPOLLOUT)
	   }
	   if
	   :: acceptor_accept() /* its listener was reported by the same wait, before it */
	   :: true
	   fi;
	   rd_conn_event(seen);
	   atomic { seen = 0; ready = ready || passed; passed = false }
	   acceptor_push()
	:: acceptor_accept(); acceptor_push()
	:: acceptor_sweep(); acceptor_push()
	:: stuck_one(0)
	:: stuck_one(1)
	od
}

/* A worker: src/flow/pool.c, and what of src/serve decides about the slot. */

/* It sends, as far as the socket takes it. */
inline send_reply()
{
	atomic {
		USE;
		if
		:: blocked -> verdict = RD_WANTS_WRITE
		:: !blocked -> verdict = GO_ON
		:: !blocked -> blocked = true; verdict = RD_WANTS_WRITE
		fi;
		session = (verdict == RD_WANTS_WRITE -> KEPT_OUT : 0)
	}
}

inline rd_detach_take()
{
	lock_detach();
	atomic {
		USE;
		verdict = (d_complete -> GO_ON : RD_WANTS_REPLY);
		detached = !d_complete;
		d_conn = !d_complete;
		d_complete = false;
		detach_lock = false
	}
}

/* One read: it brings all bytes that are there, and does not show whether the end is behind. */
inline rd_stream_read()
{
	atomic {
		USE;
		if
		:: unread -> unread = false
		:: !unread -> verdict = (ended -> RD_CLOSE : RD_WANTS_READ)
		fi
	}
}

/* A handler with a time limit: rd_stuck_begin, what it does, rd_stuck_end. */
inline perform_late()
{
	atomic { USE; holders--; turn[me] = true; late_us[me] = OFFERED }
#ifdef NO_CLAIM
	if
	:: late_us[me] == OFFERED -> atomic { late_us[me] = NOT_OFFERED; holders++ }
	:: late_us[me] == TAKEN -> verdict = RD_TAKEN
	fi;
#else
	atomic { /* rd_claim_end */
		if
		:: late_us[me] == OFFERED -> late_us[me] = NOT_OFFERED; hold()
		:: late_us[me] == TAKEN -> verdict = RD_TAKEN
		fi
	}
#endif
#ifndef NO_WAIT
	if
	:: verdict == RD_TAKEN -> !pool_lock
	:: else
	fi;
#endif
	atomic { turn[me] = false; late_us[me] = NOT_OFFERED }
}

inline perform()
{
	if
	:: verdict = RD_WANTS_READ /* the request is not complete */
	:: perform_late();
		if
		:: verdict == GO_ON -> verdict = RD_WANTS_READ
		:: else
		fi
	:: verdict = RD_MORE
	:: send_reply();
		if
		:: verdict == GO_ON -> verdict = RD_WANTS_READ
		:: verdict == GO_ON -> verdict = RD_CLOSE
		:: else
		fi
	:: atomic { /* rd_detach */
		!detached -> USE;
		detached = true; d_conn = true; d_complete = false;
		session = KEPT_DETACHED; verdict = RD_WANTS_REPLY
	   }
	fi
}

inline advance()
{
	verdict = (expired -> RD_CLOSE : GO_ON);
	if
	:: verdict == GO_ON && session == KEPT_DETACHED ->
		rd_detach_take();
		if
		:: verdict == GO_ON -> send_reply()
		:: else
		fi
	:: verdict == GO_ON && session == KEPT_OUT -> send_reply()
	:: else
	fi;
	if
	:: verdict == GO_ON ->
		rd_stream_read();
		if
		:: verdict == GO_ON -> perform()
		:: else
		fi
	:: else
	fi
}

inline rd_park_enter()
{
	atomic { USE; want = verdict }
	atomic {
		if
		:: !registered -> /* the kernel reports what is there already */
			registered = true;
			edge = unread || ended || !blocked
		:: else
		fi
	}
	rd_conn_pass(OWN_WORKER, OWN_PARKED)
}

proctype worker(byte me)
{
	byte s, verdict;
	bool passed;

end:	do
	:: atomic { queued > 0 -> queued-- };
		rd_conn_pass(OWN_QUEUE, OWN_WORKER);
		do
		:: advance();
			if
			:: verdict == RD_MORE ->
				rd_conn_pass(OWN_WORKER, OWN_QUEUE);
				queued++;
				break
			:: verdict == RD_CLOSE -> rd_conn_close(); break
			:: verdict == RD_TAKEN -> break
			:: else ->
				rd_park_enter();
				if
				:: passed -> break
				:: !passed /* nobody else waits: it goes on */
				:: !passed -> /* worker_yield */
					rd_conn_pass(OWN_WORKER, OWN_QUEUE);
					queued++;
					break
				fi
			fi
		od;
		atomic { verdict = 0; passed = false }
	od
}

/* The thread that completes a detached exchange: src/serve/detach.c. */
proctype completer()
{
	byte s;
	bool passed;

end:	do
	:: atomic { detached && !d_complete && !detach_lock -> detach_lock = true };
		atomic { d_complete = d_conn; waking = d_conn; detached = d_conn }
		if
		:: d_conn -> /* rd_pool_wake */
			rd_conn_event(WAKE);
			if
			:: passed -> rd_conn_pass(OWN_MAIN, OWN_QUEUE); queued++
			:: else
			fi
		:: else
		fi;
		atomic { waking = false; detach_lock = false; passed = false }
	od
}

#define PARKED_FOR(verdict) (state == OWN_PARKED && want == verdict)

/* What it waits for is there, and nobody is about to be told. */
#define LOST                                                                                       \
	(!edge && !seen &&                                                                         \
	 ((PARKED_FOR(RD_WANTS_READ) && (unread || ended)) ||                                      \
	  (PARKED_FOR(RD_WANTS_WRITE) && !blocked) ||                                              \
	  (PARKED_FOR(RD_WANTS_REPLY) && d_complete && !waking)))

proctype never_lost()
{
end:	atomic { LOST -> assert(!LOST) }
}

init {
	atomic {
		run client();
		run acceptor();
		run worker(0);
		run worker(1);
		run completer();
		run never_lost()
	}
}
