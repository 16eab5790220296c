/* A camera for programs that are started with this library in LD_PRELOAD: the file that DOUBLE_VIDEO names is one.
 *
 * It offers YUYV at 640x480 (30, 15 Hz) and 320x240 (30 Hz), and takes the nearest of that as drivers do. The n-th
 * frame is grey, 40 + 10 n. Where the file is gone, so is the device; where the file DOUBLE_VIDEO.busy exists,
 * somebody else takes its images. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define BUFFERS 8
#define LARGEST (640 * 480 * 2)

static char ours[1024];
static unsigned char *memory[BUFFERS];
static unsigned queue[64], head, tail, frames, width = 640, height = 480, rate = 30;

static const char *device(void) { return getenv("DOUBLE_VIDEO"); }

static int is_device(const char *path) {
    return device() && path && !strcmp(path, device()) && !access(path, F_OK);
}

static int opened(const char *name, const char *path, int flags, mode_t mode) {
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
    int descriptor = next(path, flags, mode);
    if (descriptor >= 0 && descriptor < (int)sizeof ours)
        ours[descriptor] = is_device(path);
    return descriptor;
}

#define OPEN(name)                                        \
    int name(const char *path, int flags, ...) {          \
        va_list rest;                                     \
        va_start(rest, flags);                            \
        mode_t mode = va_arg(rest, int);                  \
        va_end(rest);                                     \
        return opened(#name, path, flags, mode);          \
    }
OPEN(open)
OPEN(open64)

static int fails(int number) {
    errno = number;
    return -1;
}

static int busy(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s.busy", device());
    return !access(path, F_OK);
}

static void fill(struct v4l2_format *format) {
    struct v4l2_pix_format *pix = &format->fmt.pix;
    pix->width = width;
    pix->height = height;
    pix->pixelformat = V4L2_PIX_FMT_YUYV;
    pix->field = V4L2_FIELD_NONE;
    pix->bytesperline = 2 * width;
    pix->sizeimage = 2 * width * height;
}

static int dequeue(struct v4l2_buffer *buffer) {
    struct timespec period = {0, 1000000000L / rate};
    if (head == tail)
        return fails(EAGAIN);
    nanosleep(&period, NULL);
    buffer->index = queue[head++ % 64];
    buffer->bytesused = 2 * width * height;
    buffer->length = LARGEST;
    buffer->sequence = frames;
    memset(memory[buffer->index], 128, buffer->bytesused);
    for (unsigned byte = 0; byte < buffer->bytesused; byte += 2)
        memory[buffer->index][byte] = 40 + 10 * (frames % 16);
    frames++;
    return 0;
}

static int answer(unsigned long request, void *argument) {
    if (access(device(), F_OK))
        return fails(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *capability = argument;
        memset(capability, 0, sizeof *capability);
        strcpy((char *)capability->card, "Preloaded");
        strcpy((char *)capability->driver, "double");
        capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        capability->capabilities = capability->device_caps | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *format = argument;
        if (format->index || format->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
            return fails(EINVAL);
        strcpy((char *)format->description, "YUYV 4:2:2");
        format->pixelformat = V4L2_PIX_FMT_YUYV;
        return 0;
    }
    case VIDIOC_ENUM_FRAMESIZES: {
        struct v4l2_frmsizeenum *size = argument;
        if (size->index > 1 || size->pixel_format != V4L2_PIX_FMT_YUYV)
            return fails(EINVAL);
        size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        size->discrete.width = size->index ? 320 : 640;
        size->discrete.height = size->index ? 240 : 480;
        return 0;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
        struct v4l2_frmivalenum *interval = argument;
        if (interval->index > (interval->width == 640))
            return fails(EINVAL);
        interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
        interval->discrete.numerator = 1;
        interval->discrete.denominator = interval->index ? 15 : 30;
        return 0;
    }
    case VIDIOC_S_FMT: {
        struct v4l2_format *format = argument;
        if (busy())
            return fails(EBUSY);
        width = format->fmt.pix.width > 480 ? 640 : 320;
        height = 3 * width / 4;
        fill(format);
        return 0;
    }
    case VIDIOC_G_FMT:
        fill(argument);
        return 0;
    case VIDIOC_S_PARM:
    case VIDIOC_G_PARM: {
        struct v4l2_captureparm *capture = &((struct v4l2_streamparm *)argument)->parm.capture;
        if (request == VIDIOC_S_PARM && capture->timeperframe.numerator)
            rate = capture->timeperframe.denominator / capture->timeperframe.numerator > 20 ? 30 : 15;
        capture->capability = V4L2_CAP_TIMEPERFRAME;
        capture->timeperframe.numerator = 1;
        capture->timeperframe.denominator = rate;
        return 0;
    }
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *buffers = argument;
        if (busy())
            return fails(EBUSY);
        if (buffers->count > BUFFERS)
            buffers->count = BUFFERS;
        head = tail = 0;
        return 0;
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        if (buffer->index >= BUFFERS)
            return fails(EINVAL);
        buffer->length = LARGEST;
        buffer->m.offset = buffer->index * 4096;
        return 0;
    }
    case VIDIOC_QBUF:
        queue[tail++ % 64] = ((struct v4l2_buffer *)argument)->index;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(argument);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        return 0;
    default:
        return fails(ENOTTY);
    }
}

int ioctl(int descriptor, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (descriptor >= 0 && descriptor < (int)sizeof ours && ours[descriptor])
        return answer(request & 0xffffffffUL, argument);
    int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    return next(descriptor, request, argument);
}

static void *mapped(const char *name, void *at, size_t length, int protection, int flags, int descriptor, off_t offset) {
    void *(*next)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, name);
    if (descriptor < 0 || descriptor >= (int)sizeof ours || !ours[descriptor])
        return next(at, length, protection, flags, descriptor, offset);
    unsigned char *place = next(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memory[offset / 4096] = place;
    return place;
}

void *mmap(void *at, size_t length, int protection, int flags, int descriptor, off_t offset) {
    return mapped("mmap", at, length, protection, flags, descriptor, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int descriptor, off_t offset) {
    return mapped("mmap64", at, length, protection, flags, descriptor, offset);
}

int close(int descriptor) {
    int (*next)(int) = dlsym(RTLD_NEXT, "close");
    if (descriptor >= 0 && descriptor < (int)sizeof ours)
        ours[descriptor] = 0;
    return next(descriptor);
}
