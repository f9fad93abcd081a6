/* exec_error.c - see exec_error.h. The errors are those of execve(2). */
#include "process/exec_error.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "process/path.h"
#include "process/wait_status.h"

/* A file that may be the reason: the command's file, its interpreter, its ELF loader. */
struct examined_file {
    char path[PATH_ROOM_MOST];
    struct stat stat;
    ssize_t length; /* of the head, -1 if it cannot be read */
    char head[PATH_MAX];
};

/* Reads the status of the file at file->path, and its head. False if there is no file. Only a
 * regular file is opened: to open a device may have an effect. */
static bool examine(struct examined_file *file)
{
    file->length = -1;
    file->head[0] = '\0';
    if (stat(file->path, &file->stat) == -1)
        return false;
    if (S_ISREG(file->stat.st_mode))
        file->length = file_head(file->path, file->head, sizeof file->head);
    return true;
}

static bool begins_with(const struct examined_file *file, const char *bytes, size_t length)
{
    return file->length >= (ssize_t)length && memcmp(file->head, bytes, length) == 0;
}

/* A libc may have no description for an error. */
static void add_error(struct text *text, int error)
{
    const char *words = strerror(error);
    if (strcmp(words, strerror(INT_MAX)) == 0)
        text_add(text, "error %d", error);
    else
        text_add(text, "%s", words);
}

/* Appends the reason if the file shows none. */
static void explain_by_error(struct text *text, int error)
{
    if (error == EACCES)
        text_add(text,
                 "permission denied to uid %u, though the file's mode allows it; by AppArmor or "
                 "SELinux?",
                 geteuid());
    else
        add_error(text, error);
}

/* ---- reasons of every kind of file ---- */

/* Why a file of this kind cannot be run; NULL if its kind is not the reason. */
static const char *unfit_kind(const struct examined_file *file)
{
    static const struct kind {
        mode_t kind;
        const char *words;
    } kinds[] = {
        {S_IFDIR, "it is a directory"},
        {S_IFIFO, "it is a FIFO (a named pipe), not a regular file"},
        {S_IFSOCK, "it is a socket, not a regular file"},
        {S_IFCHR, "it is a device, not a regular file"},
        {S_IFBLK, "it is a device, not a regular file"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((file->stat.st_mode & S_IFMT) == kinds[i].kind)
            return kinds[i].words;
    return NULL;
}

/* The reasons for EACCES. False if the file shows none. */
static bool explain_refusal(struct text *text, const struct examined_file *file)
{
    enum { ANY_EXECUTE = 0111 };
    struct statvfs volume;
    if ((file->stat.st_mode & ANY_EXECUTE) == 0)
        text_add(text, "it is not executable; chmod +x it");
    else if (statvfs(file->path, &volume) == 0 && (volume.f_flag & ST_NOEXEC) != 0)
        text_add(text, "its file system is mounted noexec");
    else if (access(file->path, X_OK) == -1)
        text_add(
            text,
            "uid %u may not execute it; it belongs to uid %u: chmod a+x it, or run it as that user",
            geteuid(), file->stat.st_uid);
    else
        return false;
    return true;
}

static bool explain_file(struct text *text, const struct examined_file *file, int error)
{
    const char *kind = unfit_kind(file);
    if (kind != NULL)
        text_add(text, "%s", kind);
    return kind != NULL || (error == EACCES && explain_refusal(text, file));
}

/* ---- scripts ---- */

static bool is_script(const struct examined_file *file)
{
    return begins_with(file, "#!", 2);
}

/* Examines the interpreter of the #! line instead of the script. False if the reason is the line,
 * or a missing interpreter, which has been appended then. */
static bool follow_script(struct text *text, struct examined_file *file)
{
    /* BINPRM_BUF_SIZE, Linux 5.1; load_script() in fs/binfmt_script.c */
    enum { KERNEL_READS = 256 };
    static const char blanks[] = " \t";
    char *line = file->head + 2;
    line[strcspn(line, "\n")] = '\0';
    line += strspn(line, blanks);
    size_t length = strcspn(line, blanks);
    line[length] = '\0';
    if (length == 0 || strcmp(line, "\r") == 0) {
        text_add(text, "its #! line names no interpreter");
        return false;
    }
    if (line + length - file->head >= KERNEL_READS) {
        text_add(text, "its #! line is too long: the kernel reads %d bytes of it",
                 KERNEL_READS - 1);
        return false;
    }
    if (line[length - 1] == '\r') {
        text_add(text, "its #! line ends in CR (Windows line ends, CRLF); convert the file, e.g. "
                       "with dos2unix");
        return false;
    }
    strcpy(file->path, line); /* it fits: the line is a part of the head */
    if (examine(file)) {
        text_add(text, "its interpreter %s does not start: ", file->path);
        return true;
    }
    text_add(text, "the interpreter of its #! line %s: %s",
             errno == ENOENT || errno == ENOTDIR ? "is missing" : "cannot be reached", file->path);
    return false;
}

/* ---- ELF files ---- */

static bool is_elf(const struct examined_file *file)
{
    return file->length >= (ssize_t)sizeof(Elf32_Ehdr) && begins_with(file, ELFMAG, SELFMAG);
}

/* The path of the ELF loader, from headers of 32 or 64 bits, or NULL. Linkers put all of it into
 * the head of the file; else it is not found. */
#define DEFINE_ELF_LOADER(bits)                                                                    \
    static const char *elf##bits##_loader(const struct examined_file *file)                        \
    {                                                                                              \
        Elf##bits##_Ehdr header;                                                                   \
        Elf##bits##_Phdr segment;                                                                  \
        memcpy(&header, file->head, sizeof header);                                                \
        for (size_t i = 0; i < header.e_phnum; i++) {                                              \
            size_t offset = (size_t)header.e_phoff + i * sizeof segment;                           \
            if (offset > (size_t)file->length - sizeof segment)                                    \
                break;                                                                             \
            memcpy(&segment, file->head + offset, sizeof segment);                                 \
            if (segment.p_type == PT_INTERP && segment.p_offset < (size_t)file->length)            \
                return file->head + segment.p_offset;                                              \
        }                                                                                          \
        return NULL;                                                                               \
    }
DEFINE_ELF_LOADER(32)
DEFINE_ELF_LOADER(64)

static const char *elf_loader(const struct examined_file *file)
{
    bool wide = file->head[EI_CLASS] == ELFCLASS64 && file->length > (ssize_t)sizeof(Elf64_Phdr);
    return wide ? elf64_loader(file) : elf32_loader(file);
}

/* The beginnings of the names that uname(2) has: arm for armv7l, riscv for riscv64. */
static const struct machine {
    unsigned number;
    const char *name;
} machines[] = {
    {EM_X86_64, "x86_64"}, {EM_386, "i686"},    {EM_AARCH64, "aarch64"},
    {EM_ARM, "arm"},       {EM_RISCV, "riscv"}, {EM_PPC64, "ppc64"},
    {EM_S390, "s390x"},    {EM_MIPS, "mips"},   {258, "loongarch"},
};

/* A number of two bytes in the header, at an offset that 32 and 64 bits share. */
static unsigned elf_number(const struct examined_file *file, size_t offset)
{
    const unsigned char *bytes = (const unsigned char *)file->head + offset;
    bool big = file->head[EI_DATA] == ELFDATA2MSB;
    return big ? (unsigned)bytes[0] << CHAR_BIT | bytes[1]
               : (unsigned)bytes[1] << CHAR_BIT | bytes[0];
}

static const char *elf_machine(const struct examined_file *file)
{
    unsigned number = elf_number(file, offsetof(Elf32_Ehdr, e_machine));
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].number == number)
            return machines[i].name;
    return "an unknown machine";
}

static void explain_elf_format(struct text *text, const struct examined_file *file)
{
    struct utsname here;
    unsigned type = elf_number(file, offsetof(Elf32_Ehdr, e_type));
    const char *machine = elf_machine(file);
    uname(&here);
    if (strncmp(machine, here.machine, strlen(machine)) != 0)
        text_add(text, "it was built for %s, and this machine is %s", machine, here.machine);
    else if (type == ET_REL || type == ET_CORE)
        text_add(text, "it is an ELF file, but no program: %s",
                 type == ET_REL ? "an object file" : "a core dump");
    else
        text_add(text, "the program file is damaged");
}

/* Examines the loader instead of the program. False if it shows no reason. */
static bool explain_loader(struct text *text, struct examined_file *file, const char *loader,
                           int error)
{
    memmove(file->path, loader, strlen(loader) + 1);
    if (!examine(file)) {
        text_add(text,
                 "its ELF loader is missing: %s (a dynamic program needs its libc in the image; "
                 "add that, or link it statically)",
                 file->path);
        return true;
    }
    bool is_bad = unfit_kind(file) != NULL || (error == EACCES && access(file->path, X_OK) == -1) ||
                  (file->length >= 0 && !is_elf(file));
    if (is_bad)
        text_add(text, "its ELF loader %s does not start: ", file->path);
    if (is_bad && !explain_file(text, file, error))
        text_add(text, "it is no ELF file");
    return is_bad;
}

static void explain_elf(struct text *text, struct examined_file *file, int error)
{
    const char *loader = elf_loader(file);
    if (error == ENOEXEC)
        explain_elf_format(text, file);
    else if (loader != NULL && *loader != '\0' && explain_loader(text, file, loader, error))
        return;
    else if (error == ELIBBAD)
        text_add(text, "its ELF loader is damaged, or was built for another machine");
    else
        explain_by_error(text, error);
}

/* ---- other files ---- */

static const struct format {
    const char *magic;
    size_t length;
    const char *name;
} formats[] = {
#define FORMAT(magic, name)                                                                        \
    {                                                                                              \
        (magic), sizeof(magic) - 1, (name)                                                         \
    }
    FORMAT("MZ", "a program for Windows (PE)"),
    FORMAT("\xcf\xfa\xed\xfe", "a program for macOS (Mach-O)"),
    FORMAT("\xce\xfa\xed\xfe", "a program for macOS (Mach-O)"),
    FORMAT("\xca\xfe\xba\xbe", "a program for macOS (Mach-O) or a Java class"),
    FORMAT("\0asm", "a WebAssembly module"),
    FORMAT("PK\3\4", "a ZIP archive, perhaps a jar"),
    FORMAT("\x1f\x8b", "a file compressed by gzip"),
};

static bool is_all_zeroes(const struct examined_file *file)
{
    for (ssize_t i = 0; i < file->length; i++)
        if (file->head[i] != '\0')
            return false;
    return file->length > 0;
}

static void explain_format(struct text *text, const struct examined_file *file)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (begins_with(file, formats[i].magic, formats[i].length)) {
            text_add(text, "it is %s, which this machine does not run", formats[i].name);
            return;
        }
    if (is_all_zeroes(file))
        text_add(text, "it has nothing but NUL bytes where a program begins; was it copied whole?");
    else if (file->length > 0 && memchr(file->head, '\0', (size_t)file->length) != NULL)
        text_add(text, "it is binary, in no format that this machine runs");
    else
        text_add(text, "it has no #! line, and there is no /bin/sh to run it");
}

/* ---- which reason it is ---- */

static void explain_contents(struct text *text, struct examined_file *file, int error)
{
    if (is_elf(file))
        explain_elf(text, file, error);
    else if (error == ENOENT)
        text_add(text, "a file that it needs is missing");
    else if (error == ENOEXEC)
        explain_format(text, file);
    else
        explain_by_error(text, error);
}

/* True for an error that the file's interpreter or loader can cause. */
static bool may_be_of_interpreter(int error)
{
    static const int errors[] = {ENOENT,  EACCES, ENOEXEC, ENOTDIR, ELOOP,
                                 ELIBBAD, EISDIR, EINVAL,  EIO};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (error == errors[i])
            return true;
    return false;
}

static void explain_found(struct text *text, struct examined_file *file, int error)
{
    enum { NESTED_MOST = 5 }; /* interpreters that are scripts: the kernel's limit, execve(2) */
    for (int depth = 0; depth <= NESTED_MOST; depth++) {
        if (explain_file(text, file, error))
            return;
        if (!is_script(file) || !may_be_of_interpreter(error)) {
            explain_contents(text, file, error);
            return;
        }
        if (!follow_script(text, file))
            return;
    }
    text_add(text, "more than %d interpreters that are scripts", NESTED_MOST);
}

static void explain_not_found(struct text *text, const char *name)
{
    if (strchr(name, '/') != NULL) {
        text_add(text, "not found");
        return;
    }
    text_add(text, "not found in %s%s",
             getenv("PATH") != NULL ? "PATH=" : "the default PATH=", path_list());
    if (*name != '\0' && access(name, F_OK) == 0)
        text_add(text, "; it is in the working directory: write ./%s", name);
}

/* Finds the first file of that name along PATH; with `executable` the first that this user may
 * execute. */
static bool find_file(const char *name, struct examined_file *file, bool executable)
{
    struct path_walk walk = {0};
    while (path_next(&walk, name, file->path))
        if (stat(file->path, &file->stat) == 0 &&
            (!executable || (S_ISREG(file->stat.st_mode) && access(file->path, X_OK) == 0)))
            return true;
    return false;
}

/* A long name is cut, so that the line has room for the reason. */
static void add_short_name(struct text *text, const char *name)
{
    enum { SHOWN = 256 };
    char shown[SHOWN + 1];
    size_t length = strnlen(name, SHOWN);
    memcpy(shown, name, length);
    shown[length] = '\0';
    text_add(text, "%s%s", *name != '\0' ? shown : "''", name[length] != '\0' ? "...: " : ": ");
}

static int explain_absent(struct text *text, const char *name, int error)
{
    add_short_name(text, name);
    if (error == ENOENT || strchr(name, '/') == NULL)
        explain_not_found(text, name);
    else if (error == EACCES)
        text_add(text, "a directory on the way to it is closed to uid %u", geteuid());
    else
        add_error(text, error);
    return error == EACCES ? EXIT_NOT_RUNNABLE : EXIT_NOT_FOUND;
}

/* Not on the stack, which may be small (RLIMIT_STACK), nor in the first page of variables:
 * foster.ld. */
static struct examined_file examined;

int exec_error_explain(struct text *text, const char *name, int error)
{
    if (!find_file(name, &examined, true) && !find_file(name, &examined, false))
        return explain_absent(text, name, error);
    examine(&examined);
    add_short_name(text, examined.path);
    explain_found(text, &examined, error);
    return EXIT_NOT_RUNNABLE;
}

int exec_error_explain_start(struct text *text, const struct program *program)
{
    if (program->failed_step == NULL)
        return exec_error_explain(text, program->argv[0], program->error);
    text_add(text, "%s: cannot %s: %s", program->argv[0], program->failed_step,
             strerror(program->error));
    return EXIT_FOSTER_FAILED;
}
