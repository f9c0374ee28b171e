#ifndef CSECCOMP_SHIM_H
#define CSECCOMP_SHIM_H

#include <seccomp.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

// What becomes of a system call: it is made, or it fails with an error number.
static inline uint32_t seccomp_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t seccomp_fail_with(int number) { return SCMP_ACT_ERRNO(number); }

// Has the filter hold for all threads of the process, not for the calling one alone.
static inline int seccomp_for_all_threads(scmp_filter_ctx filter) {
  return seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
}

// A condition that an argument's bits under a mask are a value, and one that an argument is a value.
static inline struct scmp_arg_cmp seccomp_masked(unsigned int argument, uint64_t mask, uint64_t value) {
  return SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value);
}
static inline struct scmp_arg_cmp seccomp_equal(unsigned int argument, uint64_t value) {
  return SCMP_CMP(argument, SCMP_CMP_EQ, value);
}

// Of the GNU library, which hides it from programs that do not ask for all of it.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Sends bytes over a socket, and with them an open file unless it is negative.
static inline ssize_t send_with_descriptor(int to, const void *bytes, size_t count, int descriptor) {
  struct iovec piece = {(void *)bytes, count};
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  if (descriptor >= 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
  }
  return sendmsg(to, &message, MSG_NOSIGNAL);
}

// Receives bytes, and an open file if one comes with them, else -1.
static inline ssize_t receive_with_descriptor(int from, void *bytes, size_t count, int *descriptor) {
  struct iovec piece = {bytes, count};
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {
    .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
  ssize_t received = recvmsg(from, &message, 0x40000000 /* MSG_CMSG_CLOEXEC */);
  *descriptor = -1;
  if (received < 0) return received;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof(int)))
    memcpy(descriptor, CMSG_DATA(head), sizeof(int));
  return received;
}

#endif
