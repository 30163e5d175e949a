/*
 * background - the server leaves the terminal, and the command that started it ends when it serves.
 * Thread:  main, before there is another.
 * Never:   changes the working directory: paths of the configuration mean the same at a reload.
 */
#include "daemon/background.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static int told_fd = -1; /* takes the exit status of the command */

/* The command: ends as it is told to by the server. */
static _Noreturn void background_wait(int fd)
{
	unsigned char status;
	ssize_t n;

	while ((n = read(fd, &status, 1)) < 0 && errno == EINTR)
		;
	if (n == 1)
		_exit(status);
	rd_log_error("it ended before it was ready");
	_exit(EXIT_FAILURE);
}

/*
 * Between the command and the server: makes the session. The server does not lead it, and so gets
 * no terminal by opening one.
 */
static void background_leave(void)
{
	pid_t pid = setsid() < 0 ? -1 : fork();

	if (pid == 0)
		return;
	if (pid < 0) {
		rd_log_error("cannot leave the terminal: %m");
		rd_background_tell(EXIT_FAILURE);
	}
	_exit(EXIT_SUCCESS);
}

bool rd_background_enter(void)
{
	int pipe_fd[2];
	pid_t pid;

	if (pipe2(pipe_fd, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close(pipe_fd[0]);
		close(pipe_fd[1]);
		errno = error;
		return false;
	}
	if (pid > 0) {
		close(pipe_fd[1]);
		background_wait(pipe_fd[0]);
	}
	close(pipe_fd[0]);
	told_fd = pipe_fd[1];
	background_leave();
	return true;
}

static bool background_silence(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
	       dup2(fd, STDERR_FILENO) >= 0;
	if (fd > STDERR_FILENO)
		close(fd);
	return done;
}

bool rd_background_ready(void)
{
	if (told_fd < 0)
		return true;
	rd_log_to_syslog();
	if (!background_silence())
		return false;
	rd_background_tell(EXIT_SUCCESS);
	return true;
}

void rd_background_tell(int status)
{
	unsigned char byte = (unsigned char)status;

	if (told_fd < 0)
		return;
	if (write(told_fd, &byte, 1) != 1) /* who typed it was not willing to wait */
		rd_log("the command that started it is gone");
	close(told_fd);
	told_fd = -1;
}
