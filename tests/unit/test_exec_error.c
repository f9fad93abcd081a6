/*
 * test_exec_error.c - why a program cannot be run: files with one fault each, and the line about
 * it.
 *
 * Where this kernel can be made to refuse the file, the error is its own. The wrapped uname and
 * statvfs play other machines and a file system that is mounted noexec.
 */
#include "process/exec_error.h"

#include <elf.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "process/path.h"
#include "process/signals.h"
#include "process/spawn.h"
#include "process/wait_status.h"

#include "kit.h"

/* ---- other machines ---- */

static const char *machine;        /* the machine that uname reports; NULL: the real one */
static unsigned long volume_flags; /* flags that statvfs adds */

int __real_uname(struct utsname *name);
int __wrap_uname(struct utsname *name);
int __wrap_uname(struct utsname *name)
{
    int result = __real_uname(name);
    if (machine != NULL)
        strcpy(name->machine, machine);
    return result;
}

int __real_statvfs(const char *path, struct statvfs *volume);
int __wrap_statvfs(const char *path, struct statvfs *volume);
int __wrap_statvfs(const char *path, struct statvfs *volume)
{
    int result = __real_statvfs(path, volume);
    volume->f_flag = (volume->f_flag & ~(unsigned long)ST_NOEXEC) | volume_flags;
    return result;
}

/* ---- causes ---- */

static struct text text;

static void assert_explained(const char *name, int error, int code, const char *words)
{
    text_clear(&text);
    ck_assert_int_eq(exec_error_explain(&text, name, error), code);
    ck_assert_msg(strcmp(text.bytes, words) == 0, "'%s' is not '%s'", text.bytes, words);
}

/* Tries to run it, and has the error explained that this gave. */
static void assert_refused(const char *name, int code, const char *words)
{
    struct program program = {.argv = make_arguments((const char *const[]){name, NULL}),
                              .parent = getpid()};
    signals_block(&(struct signal_state){0});
    pid_t pid = spawn_vfork(&program);
    ck_assert_msg(pid < 0, "%s runs", name);
    assert_explained(name, -pid, code, words);
}

/* ---- files ---- */

START_TEST(what_is_not_there)
{
    setenv("PATH", "/nowhere:/neither", true);
    assert_refused("./absent", EXIT_NOT_FOUND, "./absent: not found");
    assert_refused("absent", EXIT_NOT_FOUND, "absent: not found in PATH=/nowhere:/neither");
    assert_refused("", EXIT_NOT_FOUND, "'': not found in PATH=/nowhere:/neither");
    setenv("PATH", "", true);
    assert_refused("absent", EXIT_NOT_FOUND, "absent: not found in PATH=");
    unsetenv("PATH");
    assert_refused("absent", EXIT_NOT_FOUND, "absent: not found in the default PATH=" PATH_DEFAULT);
}
END_TEST

START_TEST(what_is_only_in_the_working_directory)
{
    setenv("PATH", "/nowhere", true);
    make_text_file("here", "#!/bin/sh\n", 0755);
    assert_refused(
        "here", EXIT_NOT_FOUND,
        "here: not found in PATH=/nowhere; it is in the working directory: write ./here");
}
END_TEST

START_TEST(what_is_no_program)
{
    ck_assert_int_eq(mkdir("directory", 0755), 0);
    make_text_file("plain", "#!/bin/sh\n", 0644);
    assert_refused("./directory", EXIT_NOT_RUNNABLE, "./directory: it is a directory");
    assert_refused("./plain", EXIT_NOT_RUNNABLE, "./plain: it is not executable; chmod +x it");
    make_text_file("directory/plain", "#!/bin/sh\n", 0644);
    setenv("PATH", "/nowhere:directory", true);
    assert_refused("plain", EXIT_NOT_RUNNABLE,
                   "directory/plain: it is not executable; chmod +x it");
}
END_TEST

START_TEST(what_may_not_be_run)
{
    char words[256];
    make_text_file("./program", "", 0755);
    snprintf(words, sizeof words,
             "./program: permission denied to uid %d, though the file's mode allows it; by "
             "AppArmor or SELinux?",
             (int)geteuid());
    assert_explained("./program", EACCES, EXIT_NOT_RUNNABLE, words);
    volume_flags = ST_NOEXEC;
    assert_explained("./program", EACCES, EXIT_NOT_RUNNABLE,
                     "./program: its file system is mounted noexec");
}
END_TEST

START_TEST(what_cannot_be_looked_at)
{
    make_text_file("file", "", 0755);
    char words[128];
    snprintf(words, sizeof words,
             "/nowhere/below: a directory on the way to it is closed to uid %d", (int)geteuid());
    assert_explained("/nowhere/below", EACCES, EXIT_NOT_RUNNABLE, words);
    assert_refused("file/below", EXIT_NOT_FOUND, "file/below: Not a directory");
    assert_explained("./file", ETXTBSY, EXIT_NOT_RUNNABLE, "./file: Text file busy");
    assert_explained("./file", E2BIG, EXIT_NOT_RUNNABLE, "./file: Argument list too long");
}
END_TEST

/* It leaves room for the reason. */
START_TEST(a_name_too_long)
{
    enum { SHOWN = 256 };
    static char name[2 * PATH_MAX], words[TEXT_MAX];
    memset(name, 'x', sizeof name - 1);
    memcpy(name, "./", 2);
    snprintf(words, sizeof words, "%.*s...: File name too long", SHOWN, name);
    assert_refused(name, EXIT_NOT_FOUND, words);
}
END_TEST

/* ---- scripts ---- */

static void assert_script_refused(const char *content, const char *words)
{
    char line[512];
    make_text_file("./script", content, 0755);
    snprintf(line, sizeof line, "./script: %s", words);
    assert_refused("./script", EXIT_NOT_RUNNABLE, line);
}

START_TEST(lines_that_the_kernel_does_not_take)
{
    enum { KERNEL_READS = 256 };
    static const char *const empty[] = {"#!", "#!\n", "#! \t \necho\n", "#!\r\n", "#!\n/bin/sh\n"};
    char line[KERNEL_READS + 8], words[2 * KERNEL_READS];
    for (size_t i = 0; i < COUNT(empty); i++)
        assert_script_refused(empty[i], "its #! line names no interpreter");
    for (size_t length = KERNEL_READS - 3; length < KERNEL_READS + 3; length++) {
        memset(line, '/', length);
        memcpy(line, "#!", 2);
        memcpy(line + length - 3, "x/y", sizeof "x/y");
        strcpy(stpcpy(words, "the interpreter of its #! line is missing: "), line + 2);
        strcpy(line + length, "\n");
        assert_script_refused(line,
                              length < KERNEL_READS
                                  ? words
                                  : "its #! line is too long: the kernel reads 255 bytes of it");
    }
}
END_TEST

START_TEST(interpreters_that_cannot_be_run)
{
    ck_assert_int_eq(mkdir("folder", 0755), 0);
    ck_assert_int_eq(mkfifo("fifo", 0755), 0);
    make_text_file("plain", "", 0644);
    make_text_file("text", "echo\n", 0755);
    make_text_file("loop", "#!./loop\n", 0755);
    assert_script_refused("#!./folder\n",
                          "its interpreter ./folder does not start: it is a directory");
    assert_script_refused(
        "#!./fifo -x\n",
        "its interpreter ./fifo does not start: it is a FIFO (a named pipe), not a regular file");
    assert_script_refused(
        "#!./plain\n", "its interpreter ./plain does not start: it is not executable; chmod +x it");
    make_text_file("script", "#!./text\n", 0755);
    assert_explained("./script", ENOEXEC, EXIT_NOT_RUNNABLE,
                     "./script: its interpreter ./text does not start: it has no #! line, and "
                     "there is no /bin/sh to "
                     "run it");
    assert_explained(
        "./loop", ELOOP, EXIT_NOT_RUNNABLE,
        "./loop: its interpreter ./loop does not start: its interpreter ./loop does not start: its "
        "interpreter ./loop does not start: its interpreter ./loop does not start: its interpreter "
        "./loop does not start: its interpreter ./loop does not start: more than 5 interpreters "
        "that "
        "are scripts");
}
END_TEST

/* The file is checked and not opened: an open would wake up a process that waits for the FIFO. */
START_TEST(only_regular_files_are_opened)
{
    ck_assert_int_eq(mkfifo("unread", 0755), 0);
    assert_refused("./unread", EXIT_NOT_RUNNABLE,
                   "./unread: it is a FIFO (a named pipe), not a regular file");
    assert_explained("./unread", ENOEXEC, EXIT_NOT_RUNNABLE,
                     "./unread: it is a FIFO (a named pipe), not a regular file");
    assert_refused("/dev/null", EXIT_NOT_RUNNABLE, "/dev/null: it is a device, not a regular file");
    int unread = open("unread", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_eq(unread, -1);
    ck_assert_int_eq(errno, ENXIO);
}
END_TEST

START_TEST(formats_of_other_systems)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *words;
    } cases[] = {
#define BYTES(bytes) (bytes), sizeof(bytes) - 1
        {BYTES("MZ\x90\0\3\0\0\0PE\0\0"),
         "it is a program for Windows (PE), which this machine does not run"},
        {BYTES("\xcf\xfa\xed\xfe\7\0\0\1"),
         "it is a program for macOS (Mach-O), which this machine does not run"},
        {BYTES("\xca\xfe\xba\xbe\0\0"),
         "it is a program for macOS (Mach-O) or a Java class, which this machine does not run"},
        {BYTES("\0asm\1\0\0\0"), "it is a WebAssembly module, which this machine does not run"},
        {BYTES("PK\3\4\0"), "it is a ZIP archive, perhaps a jar, which this machine does not run"},
        {BYTES("\x1f\x8b\0"), "it is a file compressed by gzip, which this machine does not run"},
        {BYTES("\0\0\0\0"),
         "it has nothing but NUL bytes where a program begins; was it copied whole?"},
        {BYTES("\1\0\2\0"), "it is binary, in no format that this machine runs"},
        {BYTES("\177ELF"), "it has no #! line, and there is no /bin/sh to run it"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char words[256];
        make_file("file", cases[i].bytes, cases[i].length, 0755);
        snprintf(words, sizeof words, "./file: %s", cases[i].words);
        assert_explained("./file", ENOEXEC, EXIT_NOT_RUNNABLE, words);
    }
}
END_TEST

START_TEST(interpreters_that_are_missing)
{
    static const struct {
        const char *content, *words;
    } cases[] = {
        {"#!/no/such -x\n", "the interpreter of its #! line is missing: /no/such"},
        {"#!/no/such", "the interpreter of its #! line is missing: /no/such"},
        {"#! \t/no/such\t-x y\necho\n", "the interpreter of its #! line is missing: /no/such"},
        {"#!/bin/sh\r\necho\r\n",
         "its #! line ends in CR (Windows line ends, CRLF); convert the file, e.g. with dos2unix"},
        {"#!/no/such\necho\r\n", "the interpreter of its #! line is missing: /no/such"},
        {"#!/no/\x01such\n", "the interpreter of its #! line is missing: /no/?such"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char words[256];
        make_text_file("./script", cases[i].content, 0755);
        snprintf(words, sizeof words, "./script: %s", cases[i].words);
        assert_refused("./script", EXIT_NOT_RUNNABLE, words);
    }
}
END_TEST

START_TEST(a_script_without_a_shell)
{
    make_text_file("script", "echo\n", 0755);
    assert_explained("./script", ENOEXEC, EXIT_NOT_RUNNABLE,
                     "./script: it has no #! line, and there is no /bin/sh to run it");
    make_text_file("short", "#!", 0755);
    assert_explained("./short", ENOENT, EXIT_NOT_RUNNABLE,
                     "./short: its #! line names no interpreter");
    make_text_file("empty", "", 0755);
    assert_explained("./empty", ENOENT, EXIT_NOT_RUNNABLE,
                     "./empty: a file that it needs is missing");
}
END_TEST

/* ---- programs ---- */

#define LOADER "/lib/ld-missing.so.1"

/* A program for this machine whose one segment names a loader. */
struct wide_program {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    char loader[sizeof LOADER];
};

struct narrow_program {
    Elf32_Ehdr header;
    Elf32_Phdr segment;
    char loader[sizeof LOADER];
};

static struct wide_program wide_program(void)
{
    struct wide_program program;
    char own[sizeof program.header + 1];
    ck_assert_int_eq(file_head("/proc/self/exe", own, sizeof own), sizeof program.header);
    memcpy(&program.header, own, sizeof program.header);
    program.header.e_type = ET_EXEC;
    program.header.e_phoff = offsetof(struct wide_program, segment);
    program.header.e_phnum = 1;
    program.segment = (Elf64_Phdr){
        .p_type = PT_INTERP,
        .p_offset = offsetof(struct wide_program, loader),
        .p_filesz = sizeof LOADER,
    };
    memcpy(program.loader, LOADER, sizeof LOADER);
    return program;
}

static struct narrow_program narrow_program(void)
{
    struct narrow_program program = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
                               EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_386,
                   .e_version = EV_CURRENT,
                   .e_phoff = offsetof(struct narrow_program, segment),
                   .e_ehsize = sizeof(Elf32_Ehdr),
                   .e_phentsize = sizeof(Elf32_Phdr),
                   .e_phnum = 1},
        .segment = {.p_type = PT_INTERP,
                    .p_offset = offsetof(struct narrow_program, loader),
                    .p_filesz = sizeof LOADER},
    };
    memcpy(program.loader, LOADER, sizeof LOADER);
    return program;
}

#define LOADER_IS_MISSING                                                                          \
    "its ELF loader is missing: " LOADER                                                           \
    " (a dynamic program needs its libc in the image; add that, or link it statically)"

START_TEST(loaders_that_are_missing)
{
    struct wide_program wide = wide_program();
    make_file("wide", &wide, sizeof wide, 0755);
    assert_refused("./wide", EXIT_NOT_RUNNABLE, "./wide: " LOADER_IS_MISSING);
    struct narrow_program narrow = narrow_program();
    make_file("narrow", &narrow, sizeof narrow, 0755);
    assert_explained("./narrow", ENOENT, EXIT_NOT_RUNNABLE, "./narrow: " LOADER_IS_MISSING);
}
END_TEST

START_TEST(loaders_that_do_not_load)
{
    struct wide_program wide = wide_program();
    strcpy(wide.loader, "./loader");
    make_file("wide", &wide, sizeof wide, 0755);
    make_text_file("loader", "no program", 0755);
    assert_refused("./wide", EXIT_NOT_RUNNABLE,
                   "./wide: its ELF loader ./loader does not start: it is no ELF file");
    make_text_file("loader", "", 0644);
    assert_refused(
        "./wide", EXIT_NOT_RUNNABLE,
        "./wide: its ELF loader ./loader does not start: it is not executable; chmod +x it");
    unlink("loader");
    ck_assert_int_eq(mkdir("loader", 0755), 0);
    assert_refused("./wide", EXIT_NOT_RUNNABLE,
                   "./wide: its ELF loader ./loader does not start: it is a directory");
    wide.header.e_type = ET_REL;
    make_file("wide", &wide, sizeof wide, 0755);
    assert_refused("./wide", EXIT_NOT_RUNNABLE,
                   "./wide: it is an ELF file, but no program: an object file");
}
END_TEST

/* The interpreter exists; its own loader does not. */
START_TEST(an_interpreter_without_its_loader)
{
    struct wide_program wide = wide_program();
    make_file("interpreter", &wide, sizeof wide, 0755);
    make_text_file("script", "#!./interpreter\n", 0755);
    struct program program = {.argv = make_arguments((const char *const[]){"./script", NULL}),
                              .parent = getpid()};
    signals_block(&(struct signal_state){0});
    ck_assert_int_eq(spawn_vfork(&program), -ENOENT);
    text_clear(&text);
    ck_assert_int_eq(exec_error_explain(&text, "./script", ENOENT), EXIT_NOT_RUNNABLE);
    ck_assert_msg(strstr(text.bytes, LOADER) != NULL, "'%s' does not name the loader", text.bytes);
    ck_assert_msg(strstr(text.bytes, "interpreter of its #! line is missing") == NULL,
                  "'%s' is not true", text.bytes);
}
END_TEST

/* Whatever the numbers are, only the head of the file is read. The address sanitizer watches. */
START_TEST(headers_that_lie)
{
    static const struct {
        uint64_t table, count, loader;
    } cases[] = {
        {UINT64_MAX, UINT16_MAX, 0}, {UINT64_MAX - 55, 2, 0},   {UINT32_MAX, UINT16_MAX, 0},
        {PATH_MAX - 1, 1, 0},        {PATH_MAX, UINT16_MAX, 0}, {0, UINT16_MAX, 0},
        {1, UINT16_MAX, 0},          {64, 1, UINT64_MAX},       {64, 1, PATH_MAX},
        {64, 1, PATH_MAX - 1},       {52, UINT16_MAX, 1 << 30}, {64, 0, 100},
        {INT64_MAX, 1, INT64_MAX},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wide_program wide = wide_program();
        wide.header.e_phoff = cases[i].table;
        wide.header.e_phnum = (uint16_t)cases[i].count;
        wide.segment.p_offset = cases[i].loader;
        make_file("wide", &wide, sizeof wide, 0755);
        ck_assert_int_eq(exec_error_explain(&text, "./wide", ENOENT), EXIT_NOT_RUNNABLE);
        struct narrow_program narrow = narrow_program();
        narrow.header.e_phoff = (uint32_t)cases[i].table;
        narrow.header.e_phnum = (uint16_t)cases[i].count;
        narrow.segment.p_offset = (uint32_t)cases[i].loader;
        make_file("narrow", &narrow, sizeof narrow, 0755);
        ck_assert_int_eq(exec_error_explain(&text, "./narrow", ENOENT), EXIT_NOT_RUNNABLE);
    }
}
END_TEST

START_TEST(files_that_end_early)
{
    static const int errors[] = {ENOENT, ENOEXEC, EACCES, EIO};
    struct wide_program wide = wide_program();
    struct narrow_program narrow = narrow_program();
    for (size_t length = 0; length <= sizeof wide; length++) {
        make_file("wide", &wide, length, 0755);
        make_file("narrow", &narrow, length < sizeof narrow ? length : sizeof narrow, 0755);
        for (size_t i = 0; i < COUNT(errors); i++) {
            ck_assert_int_eq(exec_error_explain(&text, "./wide", errors[i]), EXIT_NOT_RUNNABLE);
            ck_assert_int_eq(exec_error_explain(&text, "./narrow", errors[i]), EXIT_NOT_RUNNABLE);
        }
    }
}
END_TEST

/* The loader's name has no end in the file: the part that is there is shown. */
START_TEST(a_loaders_name_that_is_cut)
{
    struct wide_program wide = wide_program();
    make_file("wide", &wide, offsetof(struct wide_program, loader) + strlen("/lib/ld-mi"), 0755);
    text_clear(&text);
    exec_error_explain(&text, "./wide", ENOENT);
    ck_assert_ptr_nonnull(strstr(text.bytes, "its ELF loader is missing: /lib/ld-mi "));
}
END_TEST

START_TEST(programs_for_other_machines)
{
    static const struct {
        unsigned char order;
        uint16_t number;
        const char *name;
    } cases[] = {
        {ELFDATA2LSB, EM_AARCH64, "aarch64"},
        {ELFDATA2LSB, EM_X86_64, "x86_64"},
        {ELFDATA2MSB, EM_S390, "s390x"},
        {ELFDATA2MSB, EM_MIPS, "mips"},
        {ELFDATA2LSB, 0x7777, "an unknown machine"},
    };
    machine = "toaster";
    for (size_t i = 0; i < COUNT(cases); i++) {
        char words[128];
        struct wide_program wide = wide_program();
        unsigned char low = cases[i].number & UINT8_MAX, high = cases[i].number >> CHAR_BIT;
        bool big = cases[i].order == ELFDATA2MSB;
        wide.header.e_ident[EI_DATA] = cases[i].order;
        memcpy(&wide.header.e_machine, (unsigned char[]){big ? high : low, big ? low : high}, 2);
        make_file("wide", &wide, sizeof wide, 0755);
        snprintf(words, sizeof words, "./wide: it was built for %s, and this machine is toaster",
                 cases[i].name);
        assert_explained("./wide", ENOEXEC, EXIT_NOT_RUNNABLE, words);
    }
}
END_TEST

START_TEST(the_kernel_refuses_another_machines)
{
    struct wide_program wide = wide_program();
    wide.header.e_machine = 0x7777;
    make_file("wide", &wide, sizeof wide, 0755);
    machine = "toaster";
    assert_refused("./wide", EXIT_NOT_RUNNABLE,
                   "./wide: it was built for an unknown machine, and this machine is toaster");
}
END_TEST

/* Each of these is that machine's own name for itself, as uname(2) gives it. */
START_TEST(a_damaged_program_is_not_another_machines)
{
    static const struct {
        uint16_t number;
        const char *machine;
    } cases[] = {
        {EM_X86_64, "x86_64"}, {EM_AARCH64, "aarch64"}, {EM_RISCV, "riscv64"}, {EM_ARM, "armv7l"},
        {EM_ARM, "armv6l"},    {EM_PPC64, "ppc64le"},   {EM_386, "i686"},      {258, "loongarch64"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct wide_program wide = wide_program();
        wide.header.e_ident[EI_DATA] = ELFDATA2LSB;
        wide.header.e_machine = cases[i].number;
        make_file("wide", &wide, sizeof wide, 0755);
        machine = cases[i].machine;
        assert_explained("./wide", ENOEXEC, EXIT_NOT_RUNNABLE,
                         "./wide: the program file is damaged");
    }
}
END_TEST

int main(void)
{
    return RUN_TESTS(
        "exec_error", what_is_not_there, what_is_only_in_the_working_directory, what_is_no_program,
        what_may_not_be_run, what_cannot_be_looked_at, a_name_too_long,
        interpreters_that_are_missing, a_script_without_a_shell, loaders_that_are_missing,
        loaders_that_do_not_load, lines_that_the_kernel_does_not_take,
        interpreters_that_cannot_be_run, only_regular_files_are_opened, formats_of_other_systems,
        an_interpreter_without_its_loader, headers_that_lie, files_that_end_early,
        a_loaders_name_that_is_cut, programs_for_other_machines,
        the_kernel_refuses_another_machines, a_damaged_program_is_not_another_machines);
}
