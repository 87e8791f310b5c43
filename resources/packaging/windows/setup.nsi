; Installs nnstudio for one person, without administrator rights. /S does it silently, /D=FOLDER names another folder.
Target @TARGET@
Unicode true
SetCompressor /SOLID lzma
SetCompressorDictSize 64
RequestExecutionLevel user
Name "nnstudio"
OutFile "@SETUP@"
InstallDir "$LOCALAPPDATA\Programs\nnstudio"
InstallDirRegKey HKCU "Software\nnstudio" "folder"
BrandingText "nnstudio @VERSION@"

!include MUI2.nsh
!define MUI_ICON "@ICON@"
!define MUI_UNICON "@ICON@"
!define MUI_FINISHPAGE_RUN "$INSTDIR\nnstudio.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\nnstudio"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

!define SHCNE_ASSOCCHANGED 0x8000000
!macro TellWindows
    System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
!macroend

!macro RemoveFiles
    RMDir /r "$INSTDIR\lib"
    RMDir /r "$INSTDIR\python"
    Delete "$INSTDIR\nnstudio.exe"
    Delete "$INSTDIR\nnstudio-cli.exe"
    Delete "$INSTDIR\uninstall.exe"
!macroend

Section
    ; What an older version has left would be mixed with the new one.
    !insertmacro RemoveFiles
    SetOutPath "$INSTDIR"
    File /r "@TREE@\*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    SetOutPath "$PROFILE"
    CreateShortCut "$SMPROGRAMS\nnstudio.lnk" "$INSTDIR\nnstudio.exe"

    WriteRegStr HKCU "Software\nnstudio" "folder" "$INSTDIR"
    WriteRegStr HKCU "Software\Classes\.nns" "" "nnstudio.experiment"
    WriteRegStr HKCU "Software\Classes\nnstudio.experiment" "" "nnstudio experiment"
    WriteRegStr HKCU "Software\Classes\nnstudio.experiment\DefaultIcon" "" "$INSTDIR\nnstudio.exe,0"
    WriteRegStr HKCU "Software\Classes\nnstudio.experiment\shell\open\command" "" '"$INSTDIR\nnstudio.exe" "%1"'

    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "nnstudio"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "@VERSION@"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\nnstudio.exe"
    WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The nnstudio maintainers"
    WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" @SIZE@
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
    !insertmacro TellWindows
SectionEnd

Section "Uninstall"
    !insertmacro RemoveFiles
    ; Only if it is empty now: a person may have chosen a folder with other things in it.
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\nnstudio.lnk"
    ReadRegStr $0 HKCU "Software\Classes\.nns" ""
    StrCmp $0 "nnstudio.experiment" 0 +2
        DeleteRegKey HKCU "Software\Classes\.nns"
    DeleteRegKey HKCU "Software\Classes\nnstudio.experiment"
    DeleteRegKey HKCU "${UNINSTALL}"
    DeleteRegValue HKCU "Software\nnstudio" "folder"
    MessageBox MB_YESNO|MB_ICONQUESTION \
        "Remove what nnstudio remembers too: settings, the log, and an experiment that was never saved?" /SD IDYES IDNO kept
        RMDir /r "$LOCALAPPDATA\nnstudio"
        RMDir /r "$APPDATA\nnstudio"
        DeleteRegKey HKCU "Software\nnstudio"
    kept:
    DeleteRegKey /ifempty HKCU "Software\nnstudio"
    !insertmacro TellWindows
SectionEnd
