/* Starts the Python beside this program with nnstudio, in this very process. */
#include <windows.h>
#include <shobjidl.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define LONGEST 32768

static int fail(const wchar_t *reason)
{
    if (WINDOW)
        MessageBoxW(NULL, reason, L"nnstudio", MB_ICONERROR);
    else
        fwprintf(stderr, L"nnstudio: %ls\n", reason);
    return 3;
}

int wmain(int argc, wchar_t **argv)
{
    static wchar_t folder[LONGEST], library[LONGEST + 32], python[LONGEST + 32];
    DWORD length = GetModuleFileNameW(NULL, folder, LONGEST);
    wchar_t *end = length && length < LONGEST ? wcsrchr(folder, L'\\') : NULL;
    if (!end)
        return fail(L"the folder of this program has too long a name");
    *end = 0;
    swprintf(library, LONGEST + 32, L"%ls\\python\\python311.dll", folder);
    /* The program's name is that of the plain Python, because worker processes are started by it. */
    swprintf(python, LONGEST + 32, L"%ls\\python\\%ls", folder, WINDOW ? L"pythonw.exe" : L"python.exe");
    HMODULE module = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!module)
        return fail(L"python\\python311.dll cannot be loaded; install nnstudio again");
    int (*run)(int, wchar_t **) = (int (*)(int, wchar_t **))(void *)GetProcAddress(module, "Py_Main");
    wchar_t **arguments = calloc(argc + 3, sizeof *arguments);
    if (!run || !arguments)
        return fail(L"python\\python311.dll is not the one that was installed; install nnstudio again");
    arguments[0] = python;
    arguments[1] = L"-m";
    arguments[2] = L"nnstudio";
    for (int i = 1; i < argc; i++)
        arguments[i + 2] = argv[i];
    /* Else the task bar would take the window for Python's. */
    SetCurrentProcessExplicitAppUserModelID(L"nnstudio");
    return run(argc + 2, arguments);
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, PWSTR line, int show)
{
    (void)instance, (void)previous, (void)line, (void)show;
    return wmain(__argc, __wargv);
}
