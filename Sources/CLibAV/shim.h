#pragma once
// libav for Swift: its headers, and what Swift cannot see in them (function-like macros, variadic logging)
// as small inline functions with the prefix `clibav_`.

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/// The decoder wants another packet, or the encoder another frame, first.
static inline int clibav_error_again(void) { return AVERROR(EAGAIN); }

/// Nothing more will come.
static inline int clibav_error_end_of_file(void) { return AVERROR_EOF; }

/// The interrupt callback said stop.
static inline int clibav_error_exit(void) { return AVERROR_EXIT; }

/// What was asked for is not allowed.
static inline int clibav_error_not_permitted(void) { return AVERROR(EPERM); }

/// There is no memory, or not as much as `av_max_alloc` allows.
static inline int clibav_error_no_memory(void) { return AVERROR(ENOMEM); }

/// What a packet or frame without a timestamp carries in its place.
static inline int64_t clibav_no_timestamp(void) { return AV_NOPTS_VALUE; }

/// libav's sentence for an error code, written into `text`.
static inline void clibav_describe(int code, char *text, size_t capacity) {
  av_strerror(code, text, capacity);
}

/// The signature of the Swift function that takes log lines: one level, one line without its line break.
typedef void (*clibav_log_sink)(int level, const char *line);

static clibav_log_sink clibav_sink = NULL;

static void clibav_log_line(void *source, int level, const char *format, va_list arguments) {
  // The low byte is the level; the rest are colour hints for terminals.
  level &= 0xff;
  if (level > AV_LOG_ERROR || clibav_sink == NULL) return;

  // libav's own prefix holds an address, which differs from run to run: only the source's name is kept.
  char line[1024];
  const AVClass *kind = source ? *(const AVClass **)source : NULL;
  const char *name = kind ? kind->item_name(source) : NULL;
  int length = name && strcmp(name, "NULL") ? snprintf(line, 256, "%s: ", name) : 0;
  if (length < 0 || length >= 256) length = 0;
  vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);

  size_t end = strlen(line);
  while (end > 0 && (line[end - 1] == '\n' || line[end - 1] == ' ')) line[--end] = 0;
  // Lines may quote the file: what is no text in it must not steer a terminal.
  for (size_t i = 0; i < end; i++) {
    if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = '?';
  }
  if (end > (size_t)length) clibav_sink(level, line);
}

/// From now on libav's messages of level error and worse go to `sink`, on whichever thread they arise, and
/// nothing goes to standard error. Call it from one Swift file only: the sink is a variable of the object file.
static inline void clibav_send_log_to(clibav_log_sink sink) {
  clibav_sink = sink;
  av_log_set_callback(clibav_log_line);
}

/// How long a decoded frame is shown, in its stream's time base; 0 when unknown. The field was renamed.
static inline int64_t clibav_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame->duration;
#else
  return frame->pkt_duration;
#endif
}
